import type { PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Statement, messagesOf } from "../../src/db/wire/packet.ts";
import { runStatement, runTogether, runWithin } from "../../src/db/wire/run.ts";
import { splitter } from "../../src/db/wire/splitter.ts";
import { type TestDatabase, openTestDatabase } from "../kit/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(2);
});
afterAll(() => database.close());

async function connected<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

const everything = `SELECT 1 AS a, NULL::text AS b, 'ä€😀"\\' AS c, 12.50::numeric AS d, 9223372036854775807::int8 AS e,
  '2026-01-01 10:00:00.123456+00'::timestamptz AS f, '{"k":["ö"]}'::jsonb AS g, ARRAY['x', NULL, 'a,"b\\'] AS h, true AS i,
  '2024-02-29'::date AS j, 1.5::float8 AS k, '' AS l, gen_random_uuid() IS NULL AS m, n FROM generate_series(1, 3) n`;

function preludeWith(statement: Statement) {
  return { statement, messages: messagesOf(statement) };
}

describe("a statement that reads its rows itself", () => {
  it("gives what node-postgres gives, with a name and without, described and not", async () => {
    await connected(async (client) => {
      const { rows } = await client.query(everything);
      for (const name of ["", "", "everything", "everything"]) {
        expect(await runStatement(client, { name, text: everything, values: [] })).toEqual(rows);
      }
    });
  });

  it.each([
    ["a text", "text", `ü "quoted" \\ back`],
    ["a number", "int4", 7],
    ["a bigint", "int8", 9_007_199_254_740_993n],
    ["a boolean", "bool", false],
    ["null", "text", null],
    ["texts", "text[]", ["plain", `"`, "\\", "", "a,b", "NULL", null]],
    ["no texts", "text[]", []],
    ["numbers", "int4[]", [1, null, 3]],
    ["an instant", "timestamptz", new Date("2026-01-01T00:00:00.250Z")],
    ["an object", "jsonb", { deep: [1, "ä"] }],
    ["bytes", "bytea", Buffer.from([0, 1, 255])],
  ])("takes %s", async (_, type, value) => {
    const text = `SELECT $1::${type} AS value`;
    const [row] = await connected((client) =>
      runStatement<{ value: unknown }>(client, { name: "", text, values: [value] }),
    );
    expect(row?.value).toEqual(value);
  });

  it("runs another one before it, whose settings end with it", async () => {
    await connected(async (client) => {
      const before = {
        name: "before",
        text: "SELECT set_config('billgraph.environment_id', $1, true)",
        values: ["one"],
      };
      const text = "SELECT current_setting('billgraph.environment_id', true) AS value";
      for (const name of ["", "inside", "inside"]) {
        expect(
          await runWithin(client, preludeWith(name ? before : { ...before, name }), {
            name,
            text,
            values: [],
          }),
        ).toEqual([{ value: "one" }]);
        expect((await client.query<{ value: string }>(text)).rows[0]?.value || null).toBeNull();
      }
    });
  });

  it("fails alone: in its own text, in its values, in its rows and in what comes before it", async () => {
    await connected(async (client) => {
      const run = (text: string, values: unknown[] = [], name = "", prelude?: Buffer) =>
        runStatement(client, { name, text, values }, { before: prelude && [prelude] });
      await expect(run("SELECT nothing", [], "failing")).rejects.toMatchObject({ code: "42703" });
      await expect(run("SELECT $1::int4", ["x"], "values")).rejects.toMatchObject({ code: "22P02" });
      await expect(run("SELECT 1 / (3 - n) FROM generate_series(1, 9) n")).rejects.toMatchObject({
        code: "22012",
      });
      const failing = messagesOf({ name: "", text: "SELECT 1 / $1::int4", values: ["0"] });
      await expect(run("SELECT 1 AS one", [], "", failing)).rejects.toMatchObject({ code: "22012" });
      expect(await run("SELECT 1 AS one", [], "after")).toEqual([{ one: 1 }]);
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      await expect(run("SELECT $1::jsonb", [circle])).rejects.toThrow("circular");
      expect(await run("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    });
  });

  it("shares a packet with others, of which none is done where one fails", async () => {
    await connected(async (client) => {
      const one = { name: "shared one", text: "SELECT $1::int4 AS one", values: [1] };
      const two = { name: "shared two", text: "SELECT n AS two FROM generate_series(1, 2) n", values: [] };
      const wrong = { name: "shared wrong", text: "SELECT nothing", values: [] };
      const late = { name: "shared late", text: "SELECT 'late' AS late", values: [] };
      const prelude = preludeWith({ name: "", text: "SELECT 'before' AS one", values: [] });
      // Nobody has prepared what comes behind the failure.
      await expect(runTogether(client, prelude, [one, wrong, late])).rejects.toMatchObject({ code: "42703" });
      for (const before of [undefined, prelude, prelude]) {
        expect(await runTogether(client, before, [one, two, late, { ...one, values: [2] }])).toEqual([
          [{ one: 1 }],
          [{ two: 1 }, { two: 2 }],
          [{ late: "late" }],
          [{ one: 2 }],
        ]);
      }
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      const unsent = { name: "shared unsent", text: "SELECT $1::jsonb AS json", values: [{}] };
      await expect(runTogether(client, prelude, [unsent, { ...unsent, values: [circle] }])).rejects.toThrow(
        "circular",
      );
      expect(await runTogether(client, prelude, [unsent])).toEqual([[{ json: {} }]]);
    });
  });

  it("reads rows that come in many pieces", async () => {
    const text = "SELECT n, repeat('ä' || n, 40000) AS long FROM generate_series(1, 30) n";
    const rows = await connected((client) =>
      runStatement<{ n: number; long: string }>(client, { name: "", text, values: [] }),
    );
    expect(rows.map(({ n, long }) => [n, long.length])).toEqual(
      Array.from({ length: 30 }, (_, index) => [index + 1, 40_000 * (1 + String(index + 1).length)]),
    );
  });
});

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(`${type}....${body}`);
  bytes.writeInt32BE(bytes.length - 1, 1);
  return bytes;
}

describe("messages in pieces", () => {
  const messages = [
    message("2", ""),
    message("D", "one"),
    message("D", ""),
    message("C", "SELECT 2"),
    message("2", ""),
    message("D", "three"),
    message("Z", "I"),
  ];
  const bytes = Buffer.concat(messages);

  it.each(Array.from({ length: bytes.length + 1 }, (_, size) => [size + 1]))(
    "of %i bytes are rows for who wants them, and others, in their order",
    (size) => {
      const seen: string[] = [];
      const taker = {
        takeRows: (part: Buffer, from: number, to: number) => seen.push(part.toString("hex", from, to)),
      };
      const take = splitter(
        () => taker,
        (part) => seen.push(part.toString("hex")),
      );
      for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size));
      expect(seen.join("")).toBe(bytes.toString("hex"));
    },
  );

  it.each(Array.from({ length: bytes.length + 1 }, (_, size) => [size + 1]))(
    "of %i bytes, which are overwritten once they were read, are taken by their types",
    (size) => {
      const seen: string[] = [];
      const types: string[] = [];
      const taker = {
        takeRows: (part: Buffer, from: number, to: number) => seen.push(part.toString("hex", from, to)),
        takeMessage: (type: number, part: Buffer, at: number) => {
          const isOurs = "2Z".includes(String.fromCharCode(type));
          if (!isOurs) return false;
          types.push(String.fromCharCode(type));
          const length = part.readInt32BE(at - 4) + 1;
          seen.push(part.toString("hex", at - 5, at - 5 + length));
          return true;
        },
      };
      const pass = (part: Buffer) => seen.push(part.toString("hex"));
      const take = splitter(() => taker, pass, true);
      const piece = Buffer.alloc(size);
      for (let at = 0; at < bytes.length; at += size) {
        const length = bytes.copy(piece, 0, at, at + size);
        take(piece.subarray(0, length));
        piece.fill(0xff);
      }
      expect(seen.join("")).toBe(bytes.toString("hex"));
      expect(types.length).toBeGreaterThan(0);
    },
  );

  it("go together where nobody wants rows", () => {
    const passed: Buffer[] = [];
    const take = splitter(
      () => undefined,
      (part) => passed.push(part),
    );
    take(bytes);
    expect(Buffer.concat(passed)).toEqual(bytes);
  });
});
