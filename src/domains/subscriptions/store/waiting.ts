import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import type { Subscription } from "../state.ts";

/** What waits for the next invoice of a subscription, and its customer's credit. Two statements. */
export async function readWaiting(
  { environmentId, query }: Transaction,
  { id, customerId, currency }: Subscription,
): Promise<{ readonly pending: Row<"PendingInvoiceItem">[]; readonly creditAvailable: bigint }> {
  const { name, select } = tableOf("PendingInvoiceItem");
  const pending = await query<Row<"PendingInvoiceItem">>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.customer_id = ${customerId}::uuid AND t.currency = ${currency}
      AND t.invoice_id IS NULL AND (t.subscription_id IS NULL OR t.subscription_id = ${id}::uuid)
    ORDER BY t.created_at, t.id`);
  const [balance] = await query<{ amount: bigint }>(Prisma.sql`
    SELECT b.amount FROM customer_balances b
    WHERE b.environment_id = ${environmentId}::uuid AND b.customer_id = ${customerId}::uuid AND b.currency = ${currency}`);
  return { pending, creditAvailable: balance?.amount ?? 0n };
}

/** Those of these subscriptions for whose next invoice something waits. One statement. */
export async function findWaiting(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT s.id FROM subscriptions s
    WHERE s.environment_id = ${environmentId}::uuid AND s.id = ANY(${ids}::uuid[]) AND EXISTS (
      SELECT FROM pending_invoice_items p
      WHERE p.environment_id = s.environment_id AND p.customer_id = s.customer_id AND p.currency = s.currency
        AND p.invoice_id IS NULL AND (p.subscription_id IS NULL OR p.subscription_id = s.id)
    )`);
  return new Set(rows.map(({ id }) => id));
}
