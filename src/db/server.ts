import pg from "pg";
import { createPool } from "./pool.ts";

const oldest = 150_000;

/** Reads a connection string. Throws, without repeating it, when it is none. */
export function readDatabaseUrl(databaseUrl: string): pg.PoolConfig {
  try {
    const { host } = new pg.Client({ connectionString: databaseUrl });
    if (host) return { connectionString: databaseUrl };
  } catch {
    // What pg says of it would repeat the password.
  }
  throw new Error(
    "DATABASE_URL is not a connection string such as postgresql://user:password@host:5432/database",
  );
}

/**
 * Makes sure that a PostgreSQL server answers and is one that this program can use. The error names host, port and
 * database, and never the password.
 */
export async function checkServer(connection: pg.PoolConfig): Promise<void> {
  const { host, port, database } = new pg.Client(connection);
  const where = `PostgreSQL at ${host}:${port}, database "${database}"`;
  const pool = createPool({ connection, max: 1 });
  try {
    const { rows } = await pool.query<{ number: number; version: string }>(
      "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
    );
    const [{ number, version } = { number: 0, version: "unknown" }] = rows;
    if (number < oldest) throw new Error(`version 15 or newer is needed, and this is ${version}`);
  } catch (error) {
    throw new Error(`cannot use ${where}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await pool.end();
  }
}

/** A refused connection to a name with several addresses has its reasons inside, and no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(", ");
  return error instanceof Error ? error.message : String(error);
}
