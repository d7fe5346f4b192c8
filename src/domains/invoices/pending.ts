import { tableOf, type Row } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import { newId } from "../../kit/ids.ts";
import { balanceKey } from "../customers/index.ts";
import type { KnownLineDraft } from "./compose.ts";
import { readSettled } from "./ledger/settled.ts";

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

/** A pending item as a line, which has its id: so what gives it back finds it. */
export function lineOfPending(item: PendingItem): KnownLineDraft {
  const { id, kind, description, quantity, unitAmount, amount, subscriptionItemId, sourceLineId } = item;
  const { periodStart, periodEnd } = item;
  const period = periodStart && periodEnd ? { start: periodStart, end: periodEnd } : null;
  return {
    id,
    kind,
    description,
    quantity,
    unitAmount,
    amount,
    subscriptionItemId,
    sourceLineId,
    period,
    settled: readSettled(item.settled),
  };
}

/**
 * Lets what an invoice took wait again, once the invoice comes to nothing. The lines of the invoice stay, so each item gets an id of its
 * own, which what gives it back names from now on. Two statements.
 */
export async function waitAgain({ environmentId, query }: Transaction, invoiceId: string): Promise<void> {
  const items = await query<{ id: string }>(Prisma.sql`
    SELECT t.id FROM pending_invoice_items t
    WHERE t.environment_id = ${environmentId}::uuid AND t.invoice_id = ${invoiceId}::uuid`);
  if (!items.length) return;
  const olds = items.map(({ id }) => id);
  const news = items.map(() => newId());
  await query(Prisma.sql`
    UPDATE pending_invoice_items t SET id = coalesce(own.new, t.id), source_line_id = coalesce(source.new, t.source_line_id),
      invoice_id = CASE WHEN own.new IS NULL THEN t.invoice_id END
    FROM pending_invoice_items p
    LEFT JOIN unnest(${olds}::uuid[], ${news}::uuid[]) AS own(old, new) ON own.old = p.id
    LEFT JOIN unnest(${olds}::uuid[], ${news}::uuid[]) AS source(old, new) ON source.old = p.source_line_id
    WHERE p.environment_id = ${environmentId}::uuid AND (own.new IS NOT NULL OR source.new IS NOT NULL)
      AND t.environment_id = ${environmentId}::uuid AND t.id = p.id`);
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
