import pg from "pg";
import { openDatabase } from "../../src/db/database.ts";
import { runDue } from "../../src/domains/engine/index.ts";
import { makeDue } from "../data/due.ts";
import { describeMachine } from "../machine/describe.ts";
import type { Options } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";

const sizes = [1_250, 2_500, 5_000, 10_000];

/** By then a month of each is due, and no second one of any. */
const now = new Date("2026-02-28T12:00:00Z");

/** How long the engine takes to bill subscriptions that are due: invoices, payments and events, all in one process. */
export async function measureBillingRun(options: Options): Promise<string> {
  const url = new URL(options.databaseUrl);
  const name = `${url.pathname.slice(1)}_billing`;
  url.pathname = "/postgres";
  const server = new pg.Client({ connectionString: url.href });
  await server.connect();
  await server.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  url.pathname = `/${name}`;
  const database = await openDatabase({ databaseUrl: url.href, poolSize: 4 });
  try {
    // The first run warms the process.
    await timeRun(database, 500);
    const times = new Map(sizes.map((size) => [size, [] as number[]]));
    for (let turn = 0; turn < options.starts; turn += 1) {
      for (const size of sizes) times.get(size)?.push(await timeRun(database, size));
    }
    const rows = [...times].map(([size, taken]) => {
      const seconds = median(taken);
      return [String(size), figure(seconds), figure(size / seconds), figure((1_000 * seconds) / size)];
    });
    const lines = [
      ...(await describeMachine(database.pool)),
      `one process, 500 subscriptions to a transaction, two items each, charged by the sandbox gateway; the median of ${options.starts} runs`,
    ].map((line) => `- ${line}`);
    const head = ["due subscriptions", "seconds", "invoices a second", "milliseconds an invoice"];
    return [...lines, "", table(head, rows)].join("\n");
  } finally {
    await database.close();
    await server.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    await server.end();
  }
}

/** Makes subscriptions that are due and bills them; gives how many seconds that took. */
async function timeRun(database: Awaited<ReturnType<typeof openDatabase>>, size: number): Promise<number> {
  await makeDue(database.pool, size);
  const began = performance.now();
  const billed = await runDue(database, { now });
  const seconds = (performance.now() - began) / 1_000;
  if (billed !== size) throw new Error(`${billed} steps were taken, not ${size}`);
  return seconds;
}
