import type pg from "pg";
import { eventPrefix } from "./events.ts";

/**
 * Makes empty partitions new again. One that was vacuumed while it was empty would be taken for empty by all plans that are made
 * from then on, however much comes into it, until it is analyzed; of a new one PostgreSQL expects some rows.
 */
const emptyPartitions = `DO $$ DECLARE part regclass; used boolean; BEGIN
  FOR part IN SELECT relid FROM pg_partition_tree('usage_events') WHERE isleaf LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO used;
    IF NOT used THEN EXECUTE format('TRUNCATE %s', part); END IF;
  END LOOP;
END $$`;

/**
 * Takes out what the writes of a server have left: what they told of, what they added, and the dead rows. So each
 * server finds tables as large as those before it did.
 */
export async function cleanUp(pool: pg.Pool, environmentId: string): Promise<void> {
  await pool.query("TRUNCATE events");
  const { rows } = await pool.query<{ since: Date | null }>(
    `WITH keys AS (
       DELETE FROM usage_event_keys WHERE environment_id = $1 AND idempotency_key >= $2 AND idempotency_key < $3
       RETURNING event_id, "timestamp"
     ), gone AS (
       DELETE FROM usage_events e USING keys k WHERE e.environment_id = $1 AND e.id = k.event_id AND e."timestamp" = k."timestamp"
     )
     SELECT date_trunc('hour', min("timestamp"), 'UTC') AS since FROM keys`,
    [environmentId, eventPrefix, eventPrefix.replace("-", ".")],
  );
  const since = rows[0]?.since;
  if (since) {
    // The data of the database itself end before the events of a benchmark begin.
    await pool.query("DELETE FROM usage_hours WHERE environment_id = $1 AND hour >= $2", [
      environmentId,
      since,
    ]);
    await pool.query(emptyPartitions);
    await pool.query("VACUUM usage_event_keys, usage_hours");
  }
  await pool.query("VACUUM customers, customer_external_ids");
  await pool.query("CHECKPOINT");
}
