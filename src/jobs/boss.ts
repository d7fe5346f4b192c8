import pg, { type PoolClient } from "pg";
import { type ConstructorOptions, type Db, PgBoss } from "pg-boss";
import type { Database } from "../db/database.ts";

/** The queue runs its statements on the pool that all else uses: an embedded database has no other connection. */
export function createBoss({ kind, pool }: Pick<Database, "kind" | "pool">, works: boolean): PgBoss {
  const embedded = kind === "embedded";
  const options: ConstructorOptions = {
    backend: embedded ? "pglite" : "postgres",
    db: {
      executeSql: async (text, values) => {
        const client = await pool.connect();
        let broken = false;
        try {
          return await statement(client, text, values);
        } catch (error) {
          // Several statements may have begun a transaction that is nobody else's.
          broken = await client.query("ROLLBACK").then(
            () => false,
            () => true,
          );
          throw error;
        } finally {
          client.release(broken);
        }
      },
    },
    supervise: works,
    schedule: works,
    // An embedded database is vacuumed by `db/upkeep.ts`, and its indexes stay small.
    ...(embedded && { reindex: false, monitorVacuum: false }),
  };
  return new PgBoss(options);
}

/** A connection, as a transaction's own, that jobs are put into their queues by. */
export function through(client: PoolClient): Db {
  return { executeSql: (text, values) => statement(client, text, values) };
}

/** Rows as node-postgres gives them to everyone: pg-boss reads its counts as texts. */
function statement(client: PoolClient, text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
  return client.query({ text, types: pg.types, ...(values.length && { values }) });
}
