import type pg from "pg";
import { giveBenefit } from "./benefit.ts";
import type { ExternalCustomer, Subjects } from "../workloads/workload.ts";

const customersAsked = 1_000;
const batchSize = 100;
const source = "practicehub";

/** Chooses what requests are about. Always the same rows of the same database. */
export async function findSubjects(pool: pg.Pool, connections: number): Promise<Subjects> {
  const environmentId = await one(
    pool,
    "SELECT id AS value FROM environments WHERE merchant_name = 'Benchmark' ORDER BY created_at LIMIT 1",
  );
  const meter = (column: string) =>
    one(
      pool,
      `SELECT ${column} AS value FROM meters WHERE environment_id = $1 AND aggregation = 'SUM' LIMIT 1`,
      environmentId,
    );
  const meterId = await meter("id");
  const customers = await pool.query<{ id: string }>(
    "SELECT id FROM customers WHERE environment_id = $1 AND status = 'ACTIVE' ORDER BY md5(id::text) LIMIT $2",
    [environmentId, customersAsked],
  );
  const linked = await pool.query<ExternalCustomer>(
    `SELECT c.id, x.external_id AS "externalId", c.email, c.name
     FROM customer_external_ids x JOIN customers c ON c.environment_id = x.environment_id AND c.id = x.customer_id
     WHERE x.environment_id = $1 AND x.source = $2 AND x.replaced_at IS NULL AND x.released_at IS NULL
       AND c.status = 'ACTIVE'
     ORDER BY md5(c.id::text) LIMIT $3`,
    [environmentId, source, connections * batchSize],
  );
  return {
    environmentId,
    customerIds: customers.rows.map(({ id }) => id),
    subscriberIds: await giveBenefit(pool, environmentId, meterId),
    meterId,
    eventName: await meter("event_name"),
    from: "2026-09-01T00:00:00Z",
    to: "2026-10-01T00:00:00Z",
    batches: Array.from({ length: connections }, (_, index) =>
      linked.rows.slice(index * batchSize, (index + 1) * batchSize),
    ),
  };
}

async function one(pool: pg.Pool, statement: string, ...values: unknown[]): Promise<string> {
  const { rows } = await pool.query<{ value: string }>(statement, values);
  if (!rows[0]) throw new Error("The benchmark's database lacks its data. Drop it, and run again.");
  return rows[0].value;
}
