import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { newId } from "../../../kit/ids.ts";

/** Whether a meter `m` tells of thresholds, or is billed while periods run. */
export const isWatched = Prisma.sql`(cardinality(m.alert_thresholds) > 0 OR EXISTS (
  SELECT FROM prices p WHERE p.environment_id = m.environment_id AND p.meter_id = m.id AND p.pay_in_advance))`;

/** Whose use of which meter it was. */
interface Used {
  readonly customerId: string;
  readonly meterId: string;
}

/**
 * Leaves a mark for what was used of meters that are watched, and has a worker look at once. A mark that is there already will do;
 * one that is being taken is waited for, and left again. One statement, or none, and one for the job.
 */
export async function markUsage(transaction: Transaction, used: readonly Used[]): Promise<void> {
  const { environmentId, now, query } = transaction;
  const marks = [...new Map(used.map((one) => [`${one.customerId} ${one.meterId}`, one]))]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, mark]) => mark);
  if (!marks.length) return;
  const left = await query<{ id: string }>(Prisma.sql`
    INSERT INTO usage_marks (environment_id, id, customer_id, meter_id, created_at)
    SELECT ${environmentId}::uuid, r.id, r.customer_id, r.meter_id, ${now}
    FROM unnest(
      ${marks.map(() => newId())}::uuid[], ${marks.map(({ customerId }) => customerId)}::uuid[],
      ${marks.map(({ meterId }) => meterId)}::uuid[]) AS r(id, customer_id, meter_id)
    JOIN meters m ON m.environment_id = ${environmentId}::uuid AND m.id = r.meter_id AND ${isWatched}
    ORDER BY r.customer_id, r.meter_id
    ON CONFLICT (environment_id, customer_id, meter_id) DO NOTHING
    RETURNING id`);
  // Who left a mark that is there already has put the job into its queue.
  if (left.length) transaction.enqueue({ queue: "usage", key: environmentId, data: { environmentId } });
}
