import { tableOf } from "../../db/datamodel.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";
import type { InvoiceRow } from "./compose.ts";
import type { InvoiceDraft } from "./draft.ts";

/** What bills a period of a subscription, which is done once; null for all other invoices. */
export function periodKey({
  billingReason,
  subscriptionId,
  period,
}: Pick<InvoiceDraft, "billingReason" | "subscriptionId" | "period">): string | null {
  const once = billingReason === "SUBSCRIPTION_CREATE" || billingReason === "SUBSCRIPTION_CYCLE";
  return once && subscriptionId && period ? `${subscriptionId} ${period.start.getTime()}` : null;
}

/** The invoices that have billed periods of these drafts already, by `periodKey`. One statement, or none. */
export async function billedPeriods(
  transaction: Transaction,
  drafts: readonly InvoiceDraft[],
): Promise<ReadonlyMap<string | null, InvoiceRow>> {
  const wanted = drafts.flatMap((draft) =>
    periodKey(draft) === null ? [] : [{ id: draft.subscriptionId ?? "", start: draft.period?.start ?? null }],
  );
  if (!wanted.length) return new Map();
  const { name, select } = tableOf("Invoice");
  const rows = await transaction.query<InvoiceRow>(Prisma.sql`
    SELECT ${select} FROM unnest(${wanted.map(({ id }) => id)}::uuid[], ${wanted.map(({ start }) => start)}::timestamptz[])
      AS wanted(subscription_id, period_start)
    JOIN ${name} t ON t.environment_id = ${transaction.environmentId}::uuid
      AND t.subscription_id = wanted.subscription_id AND t.period_start = wanted.period_start
      AND t.billing_reason IN ('SUBSCRIPTION_CREATE', 'SUBSCRIPTION_CYCLE') AND t.status <> 'VOID'`);
  return new Map(rows.map((row) => [`${row.subscriptionId} ${row.periodStart?.getTime()}`, row]));
}
