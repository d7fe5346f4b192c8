import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { refuse } from "../../../kit/refusal.ts";

/** Refuses an operation on a subscription that a schedule drives. */
export async function refuseScheduled(transaction: Transaction, subscriptionId: string): Promise<void> {
  const [live] = await transaction.query(Prisma.sql`
    SELECT 1 FROM subscription_schedules s
    WHERE s.environment_id = ${transaction.environmentId}::uuid AND s.subscription_id = ${subscriptionId}::uuid
      AND s.status IN ('NOT_STARTED', 'ACTIVE')`);
  if (!live) return;
  const message =
    "A schedule drives the subscription. Cancel the schedule, or release the subscription from it, first.";
  refuse("CONFLICT", message, ["subscriptionId"]);
}
