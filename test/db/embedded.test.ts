import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type EmbeddedOptions, startEmbedded } from "../../src/db/embedded.ts";
import { createPool } from "../../src/db/pool.ts";
import { dumpBlank } from "./blank.ts";

let blank: Uint8Array;

beforeAll(async () => {
  blank = await dumpBlank();
});

function temporaryFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "embedded test ")), "data folder");
  onTestFinished(() => rmSync(dirname(folder), { recursive: true, force: true }));
  return folder;
}

async function start(options: EmbeddedOptions = {}) {
  const database = await startEmbedded({ template: blank, ...options });
  const pool = createPool({ connection: database.connection, max: 10 });
  let open = true;
  const stop = async () => {
    if (!open) return;
    open = false;
    await pool.end();
    await database.close();
  };
  onTestFinished(stop);
  return { database, pool, stop };
}

describe("in memory", () => {
  it("is PostgreSQL with the extensions, and starts from a dump of another", async () => {
    const first = await start();
    await first.pool.query("CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin");
    await first.pool.query("CREATE TABLE seen AS SELECT similarity('invoice', 'invoices') > 0.5 AS alike");
    const template = await first.database.dump();
    await first.pool.query("DROP TABLE seen");

    const second = await start({ template });
    expect((await second.pool.query("SELECT * FROM seen")).rows).toEqual([{ alike: true }]);
  });

  it("listens where only this user can connect, and leaves nothing behind", async () => {
    const { database, stop } = await start();
    const folder = String(database.connection.host);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await stop();
    expect(() => statSync(folder)).toThrow("ENOENT");
  });

  it("runs one transaction at a time, with parameters of any size", async () => {
    const { pool } = await start();
    expect(pool.options.max).toBe(1);
    await pool.query("CREATE TABLE counter (value int); INSERT INTO counter VALUES (0)");
    const long = "x".repeat(300_000);
    const increment = async () => {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        const { rows } = await client.query<{ value: number }>("SELECT value, $1::text FROM counter", [long]);
        await client.query("UPDATE counter SET value = $1", [(rows[0]?.value ?? 0) + 1]);
        await client.query("COMMIT");
      } finally {
        client.release();
      }
    };
    const measure = async (size: number) => {
      const { rows } = await pool.query<{ size: number }>("SELECT length($1::text) AS size", [
        long.slice(0, size),
      ]);
      return rows;
    };
    const sizes = Array.from({ length: 20 }, (_, index) => index * 10_000);
    const [read] = await Promise.all([
      Promise.all(sizes.map(measure)),
      Promise.all(Array.from({ length: 10 }, increment)),
    ]);
    expect(read).toEqual(sizes.map((size) => [{ size }]));
    expect((await pool.query("SELECT value FROM counter")).rows).toEqual([{ value: 10 }]);
  });

  it("begins every connection with a fresh session", async () => {
    const { pool } = await start();
    const client = await pool.connect();
    await client.query("SET TIME ZONE 'Asia/Tokyo'");
    await client.query("PREPARE leftover AS SELECT 1");
    await client.query("BEGIN");
    await client.query("CREATE TABLE unfinished ()");
    client.release(true);
    expect((await pool.query("SHOW TimeZone")).rows).toEqual([{ TimeZone: "UTC" }]);
    expect((await pool.query("SELECT name FROM pg_prepared_statements")).rows).toEqual([]);
    expect((await pool.query("SELECT to_regclass('unfinished') AS found")).rows).toEqual([{ found: null }]);
  });
});

describe("trouble", () => {
  it("refuses what is too deep, and goes on", async () => {
    const { pool } = await start();
    const tooDeep = { code: "54001" };
    await expect(
      pool.query("SELECT $1::jsonb", ["[".repeat(200_000) + "]".repeat(200_000)]),
    ).rejects.toMatchObject(tooDeep);
    await expect(pool.query(`SELECT ${"1+".repeat(50_000)}1`)).rejects.toMatchObject(tooDeep);
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  it("breaks the connections when it crashes, says so, and keeps what was committed", async () => {
    const dataDir = temporaryFolder();
    let stopped: (reason: Error) => void = () => {};
    const reason = new Promise<Error>((settle) => (stopped = settle));
    const { pool, stop } = await start({ dataDir, onStopped: (error) => stopped(error) });
    await pool.query("CREATE TABLE kept AS SELECT 1 AS value");
    // PGlite cannot wait for more input, and exits.
    await expect(pool.query("COPY kept FROM STDIN")).rejects.toThrow("");
    expect((await reason).message).toContain("the embedded database failed: Program terminated");
    await expect(pool.query("SELECT 1")).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    await stop();

    const again = await start({ dataDir });
    expect((await again.pool.query("SELECT * FROM kept")).rows).toEqual([{ value: 1 }]);
  });
});

describe("on disk", () => {
  it("keeps its rows, in a folder with spaces that others cannot read", async () => {
    const dataDir = temporaryFolder();
    const first = await start({ dataDir });
    await first.pool.query("CREATE TABLE kept AS SELECT 'ü' AS value");
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    await first.stop();

    const second = await start({ dataDir });
    expect((await second.pool.query("SELECT * FROM kept")).rows).toEqual([{ value: "ü" }]);
  });

  it("is for one process at a time", async () => {
    const dataDir = temporaryFolder();
    const child = startWriter(dataDir);
    await child.committed(1);
    const refused = await startEmbedded({ dataDir }).catch((error: Error) => error.message);
    expect(refused).toContain(`${dataDir} is in use by another process (process ${child.pid})`);
    await child.kill();

    const { stop } = await start({ dataDir });
    await expect(startEmbedded({ dataDir })).rejects.toThrow("is in use");
    await stop();
  });

  it("has every committed row after kill -9 in the middle of writing, again and again", async () => {
    const dataDir = temporaryFolder();
    let expected = 0;
    for (let round = 0; round < 3; round++) {
      const child = startWriter(dataDir);
      expected = await child.committed(expected + 50);
      await child.kill();
      expected = Math.max(expected, child.last());
    }
    const { pool } = await start({ dataDir });
    const { rows } = await pool.query<{ rows: bigint; last: number; sum: bigint }>(
      "SELECT count(*) AS rows, max(id) AS last, sum(length(filler)) AS sum FROM written",
    );
    const last = rows[0]?.last ?? 0;
    expect(last).toBeGreaterThanOrEqual(expected);
    expect(rows).toEqual([{ rows: BigInt(last), last, sum: BigInt(last) * 3_000n }]);
    expect((await pool.query("SELECT id FROM written WHERE id = $1", [expected])).rowCount).toBe(1);
  });

  it("does not take the files of an interrupted start for a database", async () => {
    const dataDir = temporaryFolder();
    mkdirSync(dataDir);
    const changes = watch(dataDir);
    const child = startWriter(dataDir);
    for await (const { filename } of changes) if (filename === "postgres.new") break;
    await child.kill();
    expect(readdirSync(dataDir)).not.toContain("postgres");

    const { pool } = await start({ dataDir });
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir)).not.toContain("postgres.new");
  });
});

/** Another process that opens the folder and commits one row after the other, until it is killed. */
function startWriter(dataDir: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "embedded-writer.ts"), dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    last = Number(text.trimEnd().split("\n").at(-1));
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    pid: child.pid,
    last: () => last,
    async committed(atLeast: number): Promise<number> {
      while (last < atLeast) await once(child.stdout, "data");
      return last;
    },
    async kill(): Promise<void> {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}
