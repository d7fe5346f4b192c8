import { randomUUID } from "node:crypto";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { platform } from "../../src/db/confine.ts";
import { reader } from "../../src/db/reader.ts";
import { rollUp } from "../../src/domains/usage/index.ts";

/** What usage is measured of: twenty customers, and a month of their events. */
export interface UsagePlace {
  readonly environmentId: string;
  readonly customerIds: readonly string[];
  readonly sum: string;
  readonly unique: string;
  readonly from: Date;
  readonly to: Date;
}

const customers = 20;

/** How many events one statement makes: what it keeps until it ends stays small. */
const eventsAtOnce = 1_000_000;

/** Opens a database of the benchmark's own, and makes it where it is missing. */
export async function openUsageDatabase(databaseUrl: string): Promise<Database> {
  const url = new URL(databaseUrl);
  const name = `${url.pathname.slice(1)}_usage`;
  url.pathname = "/postgres";
  const server = await openServer(url.href);
  await server.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  await server.query(`CREATE DATABASE "${name}"`);
  await server.end();
  url.pathname = `/${name}`;
  return openDatabase({ databaseUrl: url.href, poolSize: 4 });
}

async function openServer(connectionString: string) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** A tenant with so many events, evenly spread over the last month, with 1,000 different users. */
export async function makeUsage(database: Database, events: number): Promise<UsagePlace> {
  const [environmentId, sum, unique] = [randomUUID(), randomUUID(), randomUUID()];
  const customerIds = Array.from({ length: customers }, () => randomUUID());
  const to = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  const from = new Date(to.getTime() - 30 * 86_400_000);
  const { pool } = database;
  await pool.query(
    "INSERT INTO environments (id, merchant_id, merchant_name, livemode) VALUES ($1, $2, 'Usage', false)",
    [environmentId, randomUUID()],
  );
  await pool.query(
    "INSERT INTO customers (environment_id, id, email) SELECT $1, id, id || '@example.org' FROM unnest($2::uuid[]) AS id",
    [environmentId, customerIds],
  );
  await pool.query(
    `INSERT INTO meters (environment_id, id, name, event_name, aggregation, unique_key)
     VALUES ($1, $2, 'Sum', 'sum', 'SUM', NULL), ($1, $3, 'Users', 'users', 'COUNT_UNIQUE', 'user')`,
    [environmentId, sum, unique],
  );
  for (let first = 0; first < events; first += eventsAtOnce) {
    const last = Math.min(events, first + eventsAtOnce) - 1;
    // Ids grow with time, as those of the product do.
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that the disk is not asked for all at once
    await pool.query(
      `WITH stored AS (
         INSERT INTO usage_events (environment_id, id, customer_id, meter_id, quantity, "timestamp", idempotency_key, properties)
         SELECT $1, overlay(overlay(md5(n::text) PLACING lpad(to_hex(n), 12, '0') FROM 1 FOR 12) PLACING '7' FROM 13 FOR 1)::uuid,
                ($2::uuid[])[1 + n % ${customers}], CASE WHEN n / ${customers} % 2 = 0 THEN $3::uuid ELSE $4::uuid END, 1 + n % 7,
                $5::timestamptz + (n::float8 / $6) * interval '30 days', 'n-' || lpad(n::text, 9, '0'),
                jsonb_build_object('user', 'u' || hashint8(n) % 1000)
         FROM generate_series($7::bigint, $8::bigint) AS n
         RETURNING environment_id, idempotency_key, id, "timestamp")
       INSERT INTO usage_event_keys (environment_id, idempotency_key, event_id, "timestamp") SELECT * FROM stored`,
      [environmentId, customerIds, sum, unique, from, events, first, last],
    );
  }
  await rollUp(reader(database, platform), environmentId);
  await pool.query(
    "VACUUM (ANALYZE) usage_events, usage_event_keys, usage_hours, usage_hour_values, usage_day_values",
  );
  return { environmentId, customerIds, sum, unique, from, to };
}
