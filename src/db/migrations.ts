import { fileURLToPath } from "node:url";
import type pg from "pg";
import { createPool } from "./pool.ts";
import { everything, openSchemaEngine, readMigrations } from "./schema-engine.ts";

/** The lock that Prisma's own `migrate deploy` takes for its session. */
const prismaLock = 72_707_369;

const ourMigrations = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/**
 * Applies the migrations in `folder` that the database does not have yet, each in a transaction of its own, and gives
 * their names. Of several processes that start at once, one applies them and the others wait for it.
 *
 * Throws, with the database as it was before, when a migration fails; the ones before it stay applied.
 */
export async function applyMigrations(connection: pg.PoolConfig, folder = ourMigrations): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return oneAtATime(connection, async (pool) => {
    const finished = await readFinished(pool);
    const pending = migrations.migrationDirectories.filter(({ path }) => !finished.has(path));
    if (pending.length === 0) return [];

    const engine = await openSchemaEngine(pool);
    for (const { path } of pending) {
      const upTo = migrations.migrationDirectories.filter((other) => other.path <= path);
      try {
        await pool.query("BEGIN");
        await engine.applyMigrations({
          migrationsList: { ...migrations, migrationDirectories: upTo },
          filters: everything,
        });
        await pool.query("COMMIT");
      } catch (error) {
        throw new Error(`migration ${path} failed: ${reasonOf(error)}`, { cause: error });
      }
    }
    return pending.map(({ path }) => path);
  });
}

/**
 * Changes the schema while no other process does: with a pool of one connection, and so one session, which holds a lock,
 * and whose end rolls back what was not committed.
 */
export async function oneAtATime<T>(
  connection: pg.PoolConfig,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = createPool({ connection, max: 1, statementTimeoutMs: 0 });
  try {
    await pool.query("SELECT pg_advisory_lock($1)", [prismaLock]);
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** Finds out which of the migrations that this program knows a database lacks, by one statement. */
export async function migrationCheck(folder = ourMigrations): Promise<(pool: pg.Pool) => Promise<string[]>> {
  const { migrationDirectories } = await readMigrations(folder);
  return async (pool) => {
    const finished = await finishedIn(pool);
    return migrationDirectories.flatMap(({ path }) => (finished.has(path) ? [] : [path]));
  };
}

async function readFinished(pool: pg.Pool): Promise<Set<string>> {
  const { rows: tables } = await pool.query("SELECT 1 WHERE to_regclass('_prisma_migrations') IS NOT NULL");
  return tables.length === 0 ? new Set() : await finishedIn(pool);
}

async function finishedIn(pool: pg.Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  return new Set(rows.map(({ name }) => name));
}

/** The engine's message without its heading and its trace of calls. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^external connector error\n/, "")
    .replace(/\n\s+0: .*/s, "")
    .trim();
}
