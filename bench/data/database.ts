import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import pg from "pg";

const root = resolve(import.meta.dirname, "../..");

/** How much data a database holds; the same size always means the same rows. */
export interface Size {
  readonly customers: number;
  readonly events: number;
}

export const fullSize: Size = { customers: 20_000, events: 2_000_000 };

/** How long one statement may take that fills the database: on a busy machine, adding up all events takes minutes. */
const patienceMs = 3_600_000;

const seed = { "--seed": "1", "--as-of": "2026-11-01", "--merchant": "Benchmark" };
const mark = "billgraph benchmark";

/**
 * Sees to it that the database is there and holds the data of the product's own load seed. One that was filled before
 * is kept if nothing has changed since in how it is made; a database that was not made here is never touched.
 */
export async function prepareDatabase(databaseUrl: string, size: Size): Promise<void> {
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const stamp = `${mark} ${stampOf(size)}`;
  const server = new URL(databaseUrl);
  server.pathname = "/postgres";
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    const found = await client.query<{ comment: string | null }>(
      "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
      [name],
    );
    const comment = found.rows[0]?.comment;
    if (comment === stamp && (await migrationsAreOurs(databaseUrl))) return;
    if (found.rowCount && !comment?.startsWith(mark)) {
      throw new Error(
        `The database ${name} is not one of the benchmark. Drop it, or set BENCH_DATABASE_URL.`,
      );
    }
    const database = pg.escapeIdentifier(name);
    console.error(
      `Filling the database ${name}: ${size.customers} customers, ${size.events} events. Once only.`,
    );
    if (found.rowCount) await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${database}`);
    await client.query(`COMMENT ON DATABASE ${database} IS '${mark}, being filled'`);
    fill(databaseUrl, size);
    await vacuum(databaseUrl);
    await client.query(`COMMENT ON DATABASE ${database} IS ${pg.escapeLiteral(stamp)}`);
  } finally {
    await client.end();
  }
}

function fill(databaseUrl: string, { customers, events }: Size): void {
  const args = Object.entries({ ...seed, "--customers": `${customers}`, "--events": `${events}` }).flat();
  const { status } = spawnSync(process.execPath, ["src/commands/seed.ts", ...args], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl, STATEMENT_TIMEOUT_MS: String(patienceMs) },
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("The database could not be filled.");
}

async function vacuum(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("VACUUM (ANALYZE)");
  await client.query("CHECKPOINT");
  await client.end();
}

/** What the data depend on: their size, and the code that makes them. */
function stampOf(size: Size): string {
  const hash = createHash("sha256").update(JSON.stringify([size, seed]));
  for (const file of globSync("src/demo/*.ts", { cwd: root }).toSorted())
    hash.update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

/** Migrations that are missing are applied by the product; those of another state of the product are in the way. */
async function migrationsAreOurs(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations",
  );
  await client.end();
  const ours = new Set(readdirSync(join(root, "prisma/migrations")));
  return rows.every(({ name }) => ours.has(name));
}
