import type { Transaction } from "../../db/transaction.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";

/** Whether a customer has a subscription that may still be billed: any that is neither canceled nor expired. */
export async function hasLiveSubscription(transaction: Transaction, customerId: string): Promise<boolean> {
  const [row] = await transaction.query<{ live: boolean }>(Prisma.sql`
    SELECT EXISTS (
      SELECT FROM subscriptions s
      WHERE s.environment_id = ${transaction.environmentId}::uuid AND s.customer_id = ${customerId}::uuid
        AND s.status NOT IN ('CANCELED', 'EXPIRED')
    ) AS live`);
  return row?.live ?? false;
}
