import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PrismaPg } from "@prisma/adapter-pg";
import { inspect } from "node:util";
import pg from "pg";
import { type DatabaseOptions, openDatabase } from "../../src/db/database.ts";
import { PrismaClient } from "../../src/db/generated/prisma/client.ts";
import { upkeep } from "../../src/db/upkeep.ts";
import { dumpBlank } from "./blank.ts";
import { createEmptyDatabase, serverUrl } from "./postgres.ts";

async function open(options: Partial<DatabaseOptions> = {}) {
  const database = await openDatabase({ poolSize: 4, ...options });
  onTestFinished(() => database.close());
  return database;
}

const tenant = {
  id: "018f0000-0000-7000-8000-000000000001",
  merchantId: "018f0000-0000-7000-8000-000000000002",
  merchantName: "Acme",
};

function itIsADatabase(options: () => Promise<Partial<DatabaseOptions>>): void {
  it("is one database for Prisma and for SQL, with all migrations", async () => {
    const database = await open(await options());
    expect(database.migrated.length).toBeGreaterThan(0);
    await database.prisma.environment.create({ data: { ...tenant, livemode: false } });
    const { rows } = await database.pool.query("SELECT id, livemode FROM environments");
    expect(rows).toEqual([{ id: tenant.id, livemode: false }]);
  });

  it("gives Prisma its values as any other pool does", async () => {
    const database = await open(await options());
    const other = new pg.Pool({
      ...database.pool.options,
      onConnect: undefined,
      types: undefined,
      options: "-c TimeZone=UTC",
    });
    const plain = new PrismaClient({ adapter: new PrismaPg(other) });
    const sql = `SELECT 9223372036854775807::int8 AS a, 0.10::numeric AS b, '2024-02-29'::date AS c, 1.5::float8 AS d,
      '2024-02-29T12:00:00.123456Z'::timestamptz AS e, '{"x": [1.0, null]}'::jsonb AS f, ARRAY[1, NULL]::int8[] AS g,
      ARRAY[0.10, 123456789012345678901.5]::numeric[] AS h, ARRAY['2024-02-29']::date[] AS i, '\\xff'::bytea AS j,
      ARRAY['2024-02-29T12:00:00Z']::timestamptz[] AS k, ARRAY['a,b']::text[] AS l, NULL::numeric AS m`;
    const expected = await plain.$queryRawUnsafe(sql);
    await plain.$disconnect();
    await other.end();
    expect(await database.prisma.$queryRawUnsafe(sql)).toStrictEqual(expected);
  });

  it("rolls back a transaction of Prisma's on the shared pool", async () => {
    const database = await open(await options());
    const failed = database.prisma.$transaction(async (transaction) => {
      await transaction.environment.create({ data: { ...tenant, livemode: false } });
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await database.prisma.environment.count()).toBe(0);
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });
}

describe.skipIf(serverUrl)("the embedded database", () => {
  let template: Uint8Array;

  beforeAll(async () => {
    template = await dumpBlank();
  });

  itIsADatabase(async () => ({ template }));

  it("starts from a dump without applying anything", async () => {
    const first = await open({ template });
    await first.prisma.environment.create({ data: { ...tenant, livemode: true } });
    const second = await open({ template: await first.dump() });
    expect(second.migrated).toEqual([]);
    expect(await second.prisma.environment.count()).toBe(1);
  });

  it("keeps its log short and its statistics fresh", async () => {
    const database = await open({ template });
    const megabyte = 1024n * 1024n;
    const start = await upkeep(database.pool, 0n, 0n);
    await database.pool.query(
      "CREATE TABLE big AS SELECT g AS id, repeat('x', 500) AS t FROM generate_series(1, 5000) g",
    );
    expect(await upkeep(database.pool, start, 100n * megabyte)).toBe(start);
    const done = await upkeep(database.pool, start, megabyte);
    expect(done).toBeGreaterThan(start + megabyte);
    const { rows } = await database.pool.query("SELECT reltuples FROM pg_class WHERE relname = 'big'");
    expect(rows).toEqual([{ reltuples: 5_000 }]);
    const { rows: log } = await database.pool.query<{ behind: bigint }>(
      "SELECT (pg_current_wal_insert_lsn() - redo_lsn)::bigint AS behind FROM pg_control_checkpoint()",
    );
    expect(log[0]?.behind).toBeLessThan(megabyte);
  });
});

describe.runIf(serverUrl)("a PostgreSQL server", () => {
  itIsADatabase(async () => ({ databaseUrl: await createEmptyDatabase() }));

  it("is opened by several processes' worth of pools at once", async () => {
    const databaseUrl = await createEmptyDatabase();
    const opened = await Promise.all(Array.from({ length: 4 }, () => open({ databaseUrl })));
    expect(opened.filter((database) => database.migrated.length > 0)).toHaveLength(1);
    const counts = await Promise.all(opened.map((database) => database.prisma.environment.count()));
    expect(counts).toEqual([0, 0, 0, 0]);
  });

  it("is refused when it is too old", async () => {
    const databaseUrl = await createEmptyDatabase();
    const pool = new pg.Pool({ connectionString: databaseUrl });
    onTestFinished(() => pool.end());
    await pool.query(`CREATE SCHEMA old;
      CREATE FUNCTION old.current_setting(name text) RETURNS text LANGUAGE sql AS $$
        SELECT CASE name WHEN 'server_version_num' THEN '140012' ELSE '14.12' END
      $$`);
    const asOld = `${databaseUrl}?options=-c%20search_path%3Dold,pg_catalog`;
    await expect(openDatabase({ databaseUrl: asOld, poolSize: 1 })).rejects.toThrow(
      "version 15 or newer is needed, and this is 14.12",
    );
  });

  it("that has no such database is named, without the password", async () => {
    const url = new URL(serverUrl ?? "");
    url.pathname = "/no_such_database";
    url.password = "s3cret";
    const error = await openDatabase({ databaseUrl: url.href, poolSize: 1 }).catch((reason: Error) => reason);
    expect((error as Error).message).toMatch(
      /cannot use PostgreSQL at \S+:\d+, database "no_such_database": database "no_such_database" does not exist/,
    );
    expect(inspectAll(error)).not.toContain("s3cret");
  });
});

describe("an address where no server is", () => {
  it.each([
    [
      "postgresql://someone:s3cret@127.0.0.1:1/shop",
      'PostgreSQL at 127.0.0.1:1, database "shop": connect ECONNREFUSED',
    ],
    [
      "postgresql://someone:s3cret@localhost:1/shop",
      'PostgreSQL at localhost:1, database "shop": connect ECONNREFUSED',
    ],
    [
      "postgresql://someone:s3cret@nowhere.invalid/shop",
      'PostgreSQL at nowhere.invalid:5432, database "shop"',
    ],
    ["postgresql://someone:s3cret@[::bad/shop", "DATABASE_URL is not a connection string"],
  ])("%s is named in the error, without the password", async (databaseUrl, message) => {
    const error = await openDatabase({ databaseUrl, poolSize: 1 }).catch((reason: Error) => reason);
    expect((error as Error).message).toContain(message);
    expect(inspectAll(error)).not.toContain("s3cret");
  });
});

/** An error as a log would show it, with everything in it. */
function inspectAll(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true });
}
