import { describe, expect, it, onTestFinished } from "vitest";
import type { EventEmitter } from "node:events";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { createPool } from "../../src/db/pool.ts";
import { administer, createEmptyDatabase, serverUrl } from "./postgres.ts";

async function open(settings: { max?: number; statementTimeoutMs?: number } = {}) {
  const errors: Error[] = [];
  const pool = createPool({
    connection: { connectionString: await createEmptyDatabase() },
    max: 1,
    ...settings,
    onConnectionError: (error) => errors.push(error),
  });
  onTestFinished(() => pool.end());
  return { pool, errors };
}

async function read(
  pool: { query: (sql: string) => Promise<{ rows: unknown[] }> },
  sql: string,
): Promise<unknown> {
  const { rows } = await pool.query(sql);
  return Object.values(rows[0] as object)[0];
}

/** Unlike `once` of node:events, this one does not listen for errors, which would hide that nobody else does. */
function emitted(emitter: EventEmitter, event: string): Promise<unknown> {
  return new Promise((settle) => emitter.once(event, settle));
}

describe.runIf(serverUrl)("a pool on PostgreSQL", () => {
  it("has sessions in UTC, with a name and a limit for statements", async () => {
    const { pool } = await open({ statementTimeoutMs: 150 });
    expect(await read(pool, "SHOW TimeZone")).toBe("UTC");
    expect(await read(pool, "SHOW application_name")).toBe("billgraph");
    await expect(pool.query("SELECT pg_sleep(10)")).rejects.toMatchObject({ code: "57014" });
  });

  it("is in UTC even where the connection string says otherwise", async () => {
    const pool = createPool({
      connection: { connectionString: `${await createEmptyDatabase()}?options=-c%20TimeZone%3DAsia/Tokyo` },
      max: 1,
    });
    onTestFinished(() => pool.end());
    expect(await read(pool, "SHOW TimeZone")).toBe("UTC");
  });

  it.each([
    ["int8", "9223372036854775807::int8", 9_223_372_036_854_775_807n],
    ["int8 array", "ARRAY[1, NULL, -9223372036854775808]::int8[]", [1n, null, -9_223_372_036_854_775_808n]],
    [
      "numeric",
      "123456789012345678901234567890.123456789::numeric",
      new Prisma.Decimal("123456789012345678901234567890.123456789"),
    ],
    ["numeric array", "ARRAY[0.1, NULL]::numeric[]", [new Prisma.Decimal("0.1"), null]],
    ["date", "'2024-02-29'::date", "2024-02-29"],
    ["date array", "ARRAY['2024-02-29', NULL]::date[]", ["2024-02-29", null]],
    ["timestamptz", "'2024-01-01 02:00:00.123456+03'::timestamptz", new Date("2023-12-31T23:00:00.123Z")],
    ["timestamptz array", "ARRAY['2024-01-01 00:00Z']::timestamptz[]", [new Date("2024-01-01T00:00:00Z")]],
    ["jsonb", `'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
    ["jsonb array", `ARRAY['{"a": 1}', NULL]::jsonb[]`, [{ a: 1 }, null]],
    ["text array", `ARRAY['a"b', 'c,d', NULL, '']`, [`a"b`, "c,d", null, ""]],
    ["int4", "7", 7],
    ["null", "NULL::numeric", null],
  ])("reads %s", async (_, sql, value) => {
    const { pool } = await open();
    expect(await read(pool, `SELECT ${sql}`)).toEqual(value);
  });

  it("leaves the parsers of other pools alone", async () => {
    await open();
    const { default: pg } = await import("pg");
    const other = new pg.Pool({ connectionString: serverUrl });
    onTestFinished(() => other.end());
    expect(await read(other, "SELECT 1::int8")).toBe("1");
    expect(await read(other, "SELECT 1.5::numeric")).toBe("1.5");
  });

  it("outlives connections that die between two queries of whoever uses them", async () => {
    const { pool, errors } = await open({ max: 3 });
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    const ends = clients.map((client) => emitted(client, "end"));
    for (const client of clients) {
      await client.query("BEGIN");
      await administer("SELECT pg_terminate_backend($1)", [await read(client, "SELECT pg_backend_pid()")]);
    }
    await Promise.all(ends);
    for (const client of clients) {
      await expect(client.query("SELECT 1")).rejects.toThrow("not queryable");
      client.release();
    }
    expect(errors).toHaveLength(3);
    expect(await read(pool, "SELECT 1")).toBe(1);
    expect(pool.totalCount).toBe(1);
  });

  it("outlives connections that die while they are idle", async () => {
    const { pool, errors } = await open();
    const pid = await read(pool, "SELECT pg_backend_pid()");
    const removed = emitted(pool, "remove");
    await administer("SELECT pg_terminate_backend($1)", [pid]);
    await removed;
    expect(errors).toHaveLength(1);
    expect(await read(pool, "SELECT pg_backend_pid()")).not.toBe(pid);
  });

  it("outlives connections that die in the middle of a query", async () => {
    const { pool, errors } = await open();
    const client = await pool.connect();
    const pid = await read(client, "SELECT pg_backend_pid()");
    const waiting = client.query("SELECT pg_sleep(60)").catch((error: unknown) => error);
    await administer("SELECT pg_terminate_backend($1)", [pid]);
    expect(await waiting).toMatchObject({ code: "57P01" });
    client.release(true);
    expect(errors.length).toBeLessThanOrEqual(1);
    expect(await read(pool, "SELECT 1")).toBe(1);
  });
});
