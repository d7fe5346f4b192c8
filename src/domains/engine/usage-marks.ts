import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Transaction } from "../../db/transaction.ts";

/** What was used of a meter by a customer, and is to be looked at. */
export interface UsageMark {
  readonly customerId: string;
  readonly meterId: string;
}

/** The subscriptions that bill what is marked; with `payInAdvance`, at a price that is paid in advance. One statement. */
export async function subscriptionsOf(
  { environmentId, query }: Transaction,
  marks: readonly UsageMark[],
  { payInAdvance = false }: { readonly payInAdvance?: boolean } = {},
): Promise<string[]> {
  const rows = await query<{ id: string }>(Prisma.sql`
    SELECT DISTINCT s.id
    FROM unnest(${marks.map(({ customerId }) => customerId)}::uuid[], ${marks.map(({ meterId }) => meterId)}::uuid[])
      AS m(customer_id, meter_id)
    JOIN subscriptions s ON s.environment_id = ${environmentId}::uuid AND s.customer_id = m.customer_id
      AND s.status IN ('ACTIVE', 'PAST_DUE', 'PAUSED')
    JOIN subscription_items i ON i.environment_id = s.environment_id AND i.subscription_id = s.id AND i.removed_at IS NULL
    JOIN prices p ON p.environment_id = i.environment_id AND p.id = i.price_id AND p.meter_id = m.meter_id
      AND (p.pay_in_advance OR NOT ${payInAdvance}::boolean)
    ORDER BY s.id`);
  return rows.map(({ id }) => id);
}
