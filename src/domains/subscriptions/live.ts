import type { Transaction } from "../../db/transaction.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";

/** Whether a customer has a subscription that may still be billed: any that is neither canceled nor expired, or is still to be started by a schedule. */
export async function hasLiveSubscription(transaction: Transaction, customerId: string): Promise<boolean> {
  const [row] = await transaction.query<{ live: boolean }>(Prisma.sql`
    SELECT EXISTS (
      SELECT FROM subscriptions s
      WHERE s.environment_id = ${transaction.environmentId}::uuid AND s.customer_id = ${customerId}::uuid
        AND s.status NOT IN ('CANCELED', 'EXPIRED')
    ) OR EXISTS (
      SELECT FROM subscription_schedules s
      WHERE s.environment_id = ${transaction.environmentId}::uuid AND s.customer_id = ${customerId}::uuid
        AND s.status IN ('NOT_STARTED', 'ACTIVE')
    ) AS live`);
  return row?.live ?? false;
}

/** The subscriptions of each of these customers that have begun and not ended, the oldest first. One statement. */
export async function readLiveSubscriptions(
  { environmentId, query }: Pick<Transaction, "environmentId" | "query">,
  customerIds: readonly string[],
): Promise<(readonly string[])[]> {
  const rows = await query<{ id: string; customerId: string }>(Prisma.sql`
    SELECT s.id, s.customer_id AS "customerId" FROM subscriptions s
    WHERE s.environment_id = ${environmentId}::uuid AND s.customer_id = ANY(${customerIds}::uuid[])
      AND s.status IN ('ACTIVE', 'PAST_DUE', 'PAUSED')
    ORDER BY s.started_at, s.id`);
  const byCustomer = Map.groupBy(rows, (row) => row.customerId);
  return customerIds.map((customerId) => (byCustomer.get(customerId) ?? []).map(({ id }) => id));
}
