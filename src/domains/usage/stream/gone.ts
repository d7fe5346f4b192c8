import { Prisma } from "../../../db/generated/prisma/client.ts";
import { reader } from "../../../db/reader.ts";
import type { TransactionHost } from "../../../db/transaction.ts";
import type { Batch } from "./read-batch.ts";

/** The ids of the events that name a customer, a meter or a subscription that there is not any more. One statement. */
export async function findGone(host: TransactionHost, { head, events }: Batch): Promise<ReadonlySet<string>> {
  const { environmentId } = head;
  const rows = await reader(host, environmentId).query<{ id: string }>(Prisma.sql`
    SELECT e.id FROM unnest(
      ${events.map(({ id }) => id)}::uuid[], ${events.map(({ customerId }) => customerId)}::uuid[],
      ${events.map(({ meterId }) => meterId)}::uuid[], ${events.map(({ subscriptionId }) => subscriptionId)}::uuid[]
    ) AS e(id, customer_id, meter_id, subscription_id)
    LEFT JOIN customers c ON c.environment_id = ${environmentId}::uuid AND c.id = e.customer_id
    LEFT JOIN meters m ON m.environment_id = ${environmentId}::uuid AND m.id = e.meter_id
    LEFT JOIN subscriptions s ON s.environment_id = ${environmentId}::uuid AND s.id = e.subscription_id
    WHERE c.id IS NULL OR m.id IS NULL OR (e.subscription_id IS NOT NULL AND s.id IS NULL)`);
  return new Set(rows.map(({ id }) => id));
}
