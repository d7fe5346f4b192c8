import { type Row, tableOf } from "../../../db/datamodel.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { isId } from "../../../kit/ids.ts";
import type { EventReference } from "./fields.ts";

export type UsageEventRow = Row<"UsageEvent">;

/**
 * Locks the events that references name, in the order of their ids, so that nobody waits in a circle; gives a look-up.
 * One statement.
 */
export async function lockEvents(
  { environmentId, query }: Transaction,
  references: readonly EventReference[],
): Promise<(reference: EventReference) => UsageEventRow | undefined> {
  const { name, select } = tableOf("UsageEvent");
  const ids = references.flatMap((reference) =>
    "id" in reference && isId(reference.id) ? [reference.id] : [],
  );
  const keys = references.flatMap((reference) =>
    "idempotencyKey" in reference ? [reference.idempotencyKey] : [],
  );
  const rows = await query<UsageEventRow>(Prisma.sql`
    SELECT ${select} FROM ${name} t
    WHERE t.environment_id = ${environmentId}::uuid AND t.id IN (
      SELECT unnest(${ids}::uuid[])
      UNION SELECT k.event_id FROM usage_event_keys k
      WHERE k.environment_id = ${environmentId}::uuid AND k.idempotency_key = ANY(${keys}::text[]))
    ORDER BY t.id FOR UPDATE`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byKey = new Map(rows.map((row) => [row.idempotencyKey, row]));
  return (reference) =>
    "id" in reference ? byId.get(reference.id.toLowerCase()) : byKey.get(reference.idempotencyKey);
}

/** Takes events out of all figures. One statement, or none. */
export async function markVoided(
  { environmentId, now, query }: Transaction,
  events: readonly UsageEventRow[],
  reason: string | null,
): Promise<void> {
  if (!events.length) return;
  const times = events.map(({ timestamp }) => timestamp.getTime());
  // The times lead to the partitions.
  await query(Prisma.sql`
    UPDATE usage_events SET voided_at = ${now}, void_reason = ${reason}
    WHERE environment_id = ${environmentId}::uuid AND id = ANY(${events.map(({ id }) => id)}::uuid[])
      AND timestamp BETWEEN ${new Date(Math.min(...times))} AND ${new Date(Math.max(...times))}`);
}
