import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import type { UsageEventRow } from "./lock.ts";

/**
 * Has the invoices to come look again at what was billed with these events: they count no more, or as something else. Where the
 * subscription has ended, the engine looks as soon as it can. It waits for whoever is billing them. One statement, or none.
 */
export async function unsettle(
  { environmentId, query }: Transaction,
  events: readonly Pick<UsageEventRow, "customerId" | "meterId" | "timestamp">[],
): Promise<void> {
  if (!events.length) return;
  await query(Prisma.sql`
    UPDATE usage_charges c SET settled = false, due_at = CASE WHEN s.ended_at IS NOT NULL THEN c.ends_at END
    FROM subscriptions s
    WHERE s.environment_id = c.environment_id AND s.id = c.subscription_id AND c.environment_id = ${environmentId}::uuid AND c.id IN (
      SELECT t.id
      FROM unnest(
        ${events.map(({ customerId }) => customerId)}::uuid[], ${events.map(({ meterId }) => meterId)}::uuid[],
        ${events.map(({ timestamp }) => timestamp)}::timestamptz[]) AS e(customer_id, meter_id, at)
      JOIN usage_charges t ON t.environment_id = ${environmentId}::uuid AND t.customer_id = e.customer_id
        AND t.meter_id = e.meter_id AND t.ends_at > e.at AND t.counted_from <= e.at
      ORDER BY t.id FOR NO KEY UPDATE OF t)`);
}
