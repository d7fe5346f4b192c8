import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Executor } from "../../../db/executor.ts";
import type { Transaction } from "../../../db/transaction.ts";
import { addToHours } from "../roll-ups/add.ts";
import type { StoredFacts } from "./judge.ts";

/** An event that is to be stored. */
export interface NewEvent extends StoredFacts {
  readonly id: string;
  readonly idempotencyKey: string;
}

/**
 * Stores events and adds them to the roll-ups in one statement, but for those whose keys others have: it gives their ids.
 * It waits for whoever is storing one of the keys, so what it leaves out is there for good. The keys are taken in one order by
 * all, and the roll-ups after them, so that waiting never goes in a circle. `run` runs the statement.
 */
export async function storeNewEvents(
  { environmentId, now }: Transaction,
  events: readonly NewEvent[],
  run: Transaction["query"],
): Promise<ReadonlySet<string>> {
  if (!events.length) return new Set();
  const sorted = events.toSorted(byKey);
  // Arrays of columns are read by PostgreSQL in a fraction of the time that JSON of rows takes.
  const rows = await run<{ id: string }>(Prisma.sql`
    WITH sent AS MATERIALIZED (
      SELECT * FROM unnest(
        ${sorted.map(({ id }) => id)}::uuid[], ${sorted.map(({ customerId }) => customerId)}::uuid[],
        ${sorted.map(({ meterId }) => meterId)}::uuid[], ${sorted.map(({ subscriptionId }) => subscriptionId)}::uuid[],
        ${sorted.map(({ quantity }) => quantity)}::numeric[], ${sorted.map(({ value }) => value)}::numeric[],
        ${sorted.map((event) => event.timestamp.toISOString())}::timestamptz[],
        ${sorted.map(({ idempotencyKey }) => idempotencyKey)}::text[],
        ${sorted.map(({ properties }) => JSON.stringify(properties))}::jsonb[]
      ) AS r(id, customer_id, meter_id, subscription_id, quantity, value, timestamp, idempotency_key, properties)
    ), keys AS (
      INSERT INTO usage_event_keys (environment_id, idempotency_key, event_id, timestamp)
      SELECT ${environmentId}::uuid, r.idempotency_key, r.id, r.timestamp FROM sent r
      ON CONFLICT (environment_id, idempotency_key) DO NOTHING
      RETURNING event_id
    ), stored AS (
      INSERT INTO usage_events (
        environment_id, id, customer_id, meter_id, subscription_id, quantity, value, timestamp, idempotency_key, properties, created_at)
      SELECT ${environmentId}::uuid, r.id, r.customer_id, r.meter_id, r.subscription_id, r.quantity, r.value, r.timestamp,
             r.idempotency_key, r.properties, ${now}
      FROM sent r WHERE ${isNew}
      RETURNING *
    ), ${addToHours(events.some(({ unique }) => unique))}
    SELECT r.id FROM sent r WHERE NOT ${isNew}`);
  return new Set(rows.map(({ id }) => id));
}

/** Whether the key of a row `r` was free. No join: for that PostgreSQL would have to know how many rows there are. */
const isNew = Prisma.sql`((r.id IN (SELECT keys.event_id FROM keys)) IS TRUE)`;

function byKey({ idempotencyKey: one }: NewEvent, { idempotencyKey: other }: NewEvent): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The ids of the events that have these keys, by key. One statement, or none. */
export async function findByKeys(
  { query }: Executor,
  environmentId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (!keys.length) return new Map();
  const rows = await query<{ id: string; key: string }>(Prisma.sql`
    SELECT k.event_id AS id, k.idempotency_key AS key FROM usage_event_keys k
    WHERE k.environment_id = ${environmentId}::uuid AND k.idempotency_key = ANY(${keys}::text[])`);
  return new Map(rows.map(({ id, key }) => [key, id]));
}
