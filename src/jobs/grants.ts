import type { Pool } from "pg";
import { platform } from "../db/confine.ts";
import { type TransactionHost, inTransaction } from "../db/transaction.ts";

/** What putting a job into its queue takes: the settings of the queue, a new row, and the id of that row. */
const needed = `
  SELECT n.nspname || '.' || quote_ident(c.relname) AS name, c.relname = 'queue' AS "isQueue"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'pgboss' AND c.relkind IN ('r', 'p') AND (c.relname = 'queue' OR c.relname IN ('job', 'job_common'))`;

/** Whether the role lacks any of it, or has more. */
const differs = `
  SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'pgboss' AND c.relkind IN ('r', 'p') AND (
      has_table_privilege($1, c.oid, 'SELECT') <> (c.relname = 'queue')
      OR has_table_privilege($1, c.oid, 'INSERT') <> (c.relname IN ('job', 'job_common'))
      OR has_table_privilege($1, c.oid, 'UPDATE, DELETE'))
  ) AS differs`;

/**
 * Lets the role that work for one environment runs as put jobs into the queues, and no more: jobs are of all environments, so
 * it must not read them.
 */
export async function grantQueues(host: TransactionHost): Promise<void> {
  const role = host.confinement?.role;
  if (!role || !(await isDifferent(host.pool, role))) return;
  await inTransaction(host, platform, async (client) => {
    // Two processes that start together would change the same rows of the catalogue.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('billgraph queues', 0))");
    const { rows } = await client.query<{ name: string; isQueue: boolean }>(needed);
    const grants = rows.map(({ name, isQueue }) =>
      isQueue ? `GRANT SELECT ON ${name} TO ${role}` : `GRANT INSERT, SELECT (id) ON ${name} TO ${role}`,
    );
    const revoke = ["TABLES", "SEQUENCES"].map(
      (kind) => `REVOKE ALL ON ALL ${kind} IN SCHEMA pgboss FROM ${role}`,
    );
    await client.query([...revoke, `GRANT USAGE ON SCHEMA pgboss TO ${role}`, ...grants].join(";\n"));
  });
}

async function isDifferent(pool: Pool, role: string): Promise<boolean> {
  const { rows } = await pool.query<{ differs: boolean }>(differs, [role]);
  return rows[0]?.differs ?? false;
}
