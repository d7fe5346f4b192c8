import type pg from "pg";

export interface UpsertInput {
  readonly source: string;
  readonly customers: readonly object[];
}

export interface EventsInput {
  readonly events: readonly object[];
}

export interface UpsertedRow {
  readonly index: number;
  readonly externalId: string;
  readonly outcome: "CREATED" | "UPDATED" | "UNCHANGED" | "STALE";
  readonly id: string;
  readonly name: string | null;
}

/**
 * A batch in one statement: customers that are known by their external id are changed unless the record is stale or
 * says nothing new, others are made. It matches no e-mail addresses and tells nobody.
 */
const upsert = {
  name: "upsert",
  text: `WITH sent AS MATERIALIZED (
      SELECT r.index - 1 AS index, r."externalId", r.email, r.name, r.notes, r."externalUpdatedAt",
             x.id AS link_id, x.customer_id, coalesce(x.external_updated_at > r."externalUpdatedAt", false) AS stale
      FROM ROWS FROM (jsonb_to_recordset($3::jsonb)
        AS ("externalId" text, email text, name text, notes text, "externalUpdatedAt" timestamptz)
      ) WITH ORDINALITY AS r("externalId", email, name, notes, "externalUpdatedAt", index)
      LEFT JOIN customer_external_ids x ON x.environment_id = $1 AND x.source = $2 AND x.external_id = r."externalId"
        AND x.replaced_at IS NULL AND x.released_at IS NULL
    ), changed AS (
      UPDATE customers c SET email = sent.email, name = sent.name, notes = sent.notes, version = c.version + 1,
        updated_at = now(), updated_by = 'limit'
      FROM sent
      WHERE c.environment_id = $1 AND c.id = sent.customer_id AND NOT sent.stale
        AND (c.email, c.name, c.notes) IS DISTINCT FROM (sent.email, sent.name, sent.notes)
      RETURNING c.id
    ), touched AS (
      UPDATE customer_external_ids x SET external_updated_at = sent."externalUpdatedAt"
      FROM sent
      WHERE x.environment_id = $1 AND x.id = sent.link_id
        AND (x.external_updated_at IS NULL OR x.external_updated_at <= sent."externalUpdatedAt")
    ), fresh AS MATERIALIZED (
      SELECT gen_random_uuid() AS id, sent.* FROM sent WHERE link_id IS NULL
    ), created AS (
      INSERT INTO customers (environment_id, id, email, name, notes, created_by, updated_by)
      SELECT $1, id, email, name, notes, 'limit', 'limit' FROM fresh
    ), linked AS (
      INSERT INTO customer_external_ids (environment_id, id, customer_id, source, external_id, external_updated_at)
      SELECT $1, gen_random_uuid(), id, $2, "externalId", "externalUpdatedAt" FROM fresh
    )
    SELECT sent.index, sent."externalId", coalesce(sent.customer_id, fresh.id) AS id, sent.name,
           CASE WHEN fresh.id IS NOT NULL THEN 'CREATED' WHEN changed.id IS NOT NULL THEN 'UPDATED'
                WHEN sent.stale THEN 'STALE' ELSE 'UNCHANGED' END AS outcome
    FROM sent LEFT JOIN fresh USING (index) LEFT JOIN changed ON changed.id = sent.customer_id ORDER BY sent.index`,
};

/** Events in one statement: those whose idempotency key is known are left out. It rolls nothing up. */
const ingest = {
  name: "ingest",
  text: `WITH sent AS MATERIALIZED (
      SELECT gen_random_uuid() AS id, (r.customer ->> 'id')::uuid AS customer_id, meter.id AS meter_id, r.quantity, r.timestamp,
             r."idempotencyKey" AS idempotency_key
      FROM jsonb_to_recordset($2::jsonb)
        AS r(customer jsonb, name text, quantity numeric, timestamp timestamptz, "idempotencyKey" text)
      JOIN meters AS meter ON meter.environment_id = $1 AND meter.event_name = r.name
    ), keys AS (
      INSERT INTO usage_event_keys (environment_id, idempotency_key, event_id, timestamp)
      SELECT $1, idempotency_key, id, timestamp FROM sent
      ON CONFLICT (environment_id, idempotency_key) DO NOTHING
      RETURNING event_id
    ), written AS (
      INSERT INTO usage_events (environment_id, id, customer_id, meter_id, quantity, timestamp, idempotency_key)
      SELECT $1, id, customer_id, meter_id, quantity, timestamp, idempotency_key FROM sent JOIN keys ON keys.event_id = sent.id
      RETURNING id
    )
    SELECT count(*) AS ingested FROM written`,
};

/** The writes of the workloads in hand-written SQL: one prepared statement each. */
export function writesOf(pool: pg.Pool, environmentId: string) {
  return {
    upsert: async ({ source, customers }: UpsertInput) => {
      const values = [environmentId, source, JSON.stringify(customers)];
      return (await pool.query<UpsertedRow>({ ...upsert, values })).rows;
    },
    ingest: async ({ events }: EventsInput) => {
      const values = [environmentId, JSON.stringify(events)];
      const { rows } = await pool.query<{ ingested: number }>({ ...ingest, values });
      return rows[0]?.ingested ?? 0;
    },
  };
}

export type Writes = ReturnType<typeof writesOf>;

/** The payload of an upsert, as the product gives it. */
export function upsertPayload(rows: readonly UpsertedRow[]) {
  const count = (...outcomes: string[]) => rows.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    created: count("CREATED"),
    updated: count("UPDATED"),
    skipped: count("UNCHANGED", "STALE"),
    failed: 0,
    results: rows.map(({ index, externalId, outcome, id, name }) => ({
      index,
      externalId,
      outcome,
      customer: { id, name },
    })),
  };
}
