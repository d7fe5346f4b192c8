import { tableOf, type Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { balanceKey } from "../customers/index.ts";
import type { InvoiceLineDraft } from "./draft.ts";

type PendingItem = Row<"PendingInvoiceItem">;

/** Whose pending items are wanted. */
interface Taker {
  readonly customerId: string;
  readonly currency: string;
  readonly subscriptionId?: string | null | undefined;
  readonly takePending: boolean;
}

/**
 * The items that wait for each of `takers`, locked until the transaction ends: what is of its subscription or of none, or
 * all that waits for the customer where it has no subscription. Who comes first takes what two could have. One statement.
 */
export async function lockPending(
  transaction: Transaction,
  takers: readonly Taker[],
): Promise<readonly (readonly PendingItem[])[]> {
  const { name, select } = tableOf("PendingInvoiceItem");
  const customerIds = takers.filter(({ takePending: takes }) => takes).map(({ customerId }) => customerId);
  if (!customerIds.length) return [];
  const rows = await transaction.query<PendingItem>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.customer_id = ANY(${[...new Set(customerIds)]}::uuid[])
      AND t.invoice_id IS NULL
    ORDER BY t.customer_id, t.currency, t.created_at, t.id FOR NO KEY UPDATE`);
  const waiting = Map.groupBy(rows, balanceKey);
  return takers.map((taker) => {
    const { taken = [], left = [] } = Object.groupBy(waiting.get(balanceKey(taker)) ?? [], (item) =>
      isFor(item, taker) ? "taken" : "left",
    );
    waiting.set(balanceKey(taker), left);
    return taken;
  });
}

function isFor(item: PendingItem, { subscriptionId, takePending: takes }: Taker): boolean {
  if (!takes) return false;
  return subscriptionId == null || item.subscriptionId === null || item.subscriptionId === subscriptionId;
}

/** A pending item as a line. */
export function lineOfPending(item: PendingItem): InvoiceLineDraft {
  const { kind, description, quantity, unitAmount, amount, subscriptionItemId, periodStart, periodEnd } =
    item;
  const period = periodStart && periodEnd ? { start: periodStart, end: periodEnd } : null;
  return { kind, description, quantity, unitAmount, amount, subscriptionItemId, period };
}

/** Notes which invoice each item went on. One statement. */
export async function takePending(
  transaction: Transaction,
  taken: readonly { readonly itemId: string; readonly invoiceId: string }[],
): Promise<void> {
  if (!taken.length) return;
  await transaction.query(Prisma.sql`
    UPDATE pending_invoice_items t SET invoice_id = taken.invoice_id
    FROM unnest(${taken.map(({ itemId }) => itemId)}::uuid[], ${taken.map(({ invoiceId }) => invoiceId)}::uuid[])
      AS taken(id, invoice_id)
    WHERE t.environment_id = ${transaction.environmentId}::uuid AND t.id = taken.id`);
}
