import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { startEmbedded } from "../../src/db/embedded.ts";
import { applyMigrations } from "../../src/db/migrations.ts";
import { createPool } from "../../src/db/pool.ts";
import { dumpBlank } from "./blank.ts";
import { createEmptyDatabase, serverUrl } from "./postgres.ts";

const first = `
  CREATE EXTENSION pg_trgm; -- a comment; with a semicolon
  CREATE TABLE customers (name text CHECK (name <> 'a;b'));
  CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.name := upper(NEW.name);
    RETURN NEW;
  END;
  $$;
  CREATE TRIGGER shout BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION shout();
`;

function writeMigrations(scripts: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, sql] of Object.entries(scripts)) addMigration(folder, name, sql);
  return folder;
}

function addMigration(folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}

async function startEmpty(): Promise<pg.PoolConfig> {
  const database = await startEmbedded({ template: blank });
  onTestFinished(() => database.close());
  return database.connection;
}

async function query(connection: pg.PoolConfig, sql: string): Promise<object[]> {
  const pool = createPool({ connection, max: 1 });
  try {
    const { rows } = await pool.query<object>(sql);
    return rows;
  } finally {
    await pool.end();
  }
}

function itMigrates(connect: () => Promise<pg.PoolConfig>): void {
  it("applies what is missing, once", async () => {
    const connection = await connect();
    const folder = writeMigrations({ "1_first": first });
    expect(await applyMigrations(connection, folder)).toEqual(["1_first"]);
    expect(await applyMigrations(connection, folder)).toEqual([]);

    addMigration(folder, "3_third", "ALTER TABLE customers ADD COLUMN city text");
    addMigration(folder, "2_second", "INSERT INTO customers VALUES ('ada')");
    expect(await applyMigrations(connection, folder)).toEqual(["2_second", "3_third"]);
    expect(await query(connection, "SELECT * FROM customers")).toEqual([{ name: "ADA", city: null }]);
    expect(
      await query(
        connection,
        "SELECT migration_name AS name, applied_steps_count AS steps FROM _prisma_migrations",
      ),
    ).toEqual(["1_first", "2_second", "3_third"].map((name) => ({ name, steps: 1 })));
  });

  it("applies a migration as a whole or not at all, and again when it was put right", async () => {
    const connection = await connect();
    const folder = writeMigrations({
      "1_first": first,
      "2_second": "CREATE TABLE half (id int); INSERT INTO nowhere VALUES (1)",
    });
    await expect(applyMigrations(connection, folder)).rejects.toThrow(
      "migration 2_second failed: No such table: nowhere",
    );
    expect(await query(connection, "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await query(connection, "SELECT migration_name AS name FROM _prisma_migrations")).toEqual([
      { name: "1_first" },
    ]);

    addMigration(folder, "2_second", "CREATE TABLE half (id int)");
    expect(await applyMigrations(connection, folder)).toEqual(["2_second"]);
  });
}

let blank: Uint8Array;

describe("migrations of an embedded database", () => {
  beforeAll(async () => {
    blank = await dumpBlank();
  });

  itMigrates(startEmpty);
});

describe.runIf(serverUrl)("migrations of a PostgreSQL server", () => {
  const connect = async () => ({ connectionString: await createEmptyDatabase() });

  itMigrates(connect);

  it("are applied by one of many that start at the same time", async () => {
    const connection = await connect();
    const folder = writeMigrations({ "1_first": first, "2_second": "CREATE TABLE other ()" });
    const starts = Array.from({ length: 8 }, () => applyMigrations(connection, folder));
    const applied = await Promise.all(starts);
    expect(applied.filter((names) => names.length > 0)).toEqual([["1_first", "2_second"]]);
  });

  it("leave a database alone that is not theirs", async () => {
    const connection = await connect();
    await query(connection, "CREATE TABLE payroll ()");
    const folder = writeMigrations({ "1_first": first });
    await expect(applyMigrations(connection, folder)).rejects.toThrow("The database schema is not empty");
    expect(await query(connection, "SELECT to_regclass('customers') AS found")).toEqual([{ found: null }]);
  });
});
