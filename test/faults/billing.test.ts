import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscribe } from "../engine/support.ts";
import { type TestDatabase, openTestDatabase, serverUrl } from "../kit/database.ts";
import { chance, effort, patience, report } from "./support/effort.ts";
import { type Program, startProgram } from "./support/program.ts";
import { newFaultTenant } from "./support/tenant.ts";

describe.skipIf(!serverUrl)("workers that are killed in the middle of a billing run", () => {
  let database: TestDatabase;
  const programs: Program[] = [];
  beforeAll(async () => void (database = await openTestDatabase()));
  afterAll(async () => {
    await Promise.all(programs.map(({ end }) => end("SIGKILL")));
    await database.close();
  });

  const count = async (what: string): Promise<number> => {
    const { rows } = await database.pool.query(`SELECT count(*)::int AS count FROM ${what}`);
    return rows[0].count;
  };
  const due = "subscriptions WHERE next_step_at <= now()";
  const start = async (): Promise<Program> => {
    const program = await startProgram(database.url ?? "");
    programs.push(program);
    return program;
  };

  const kills = effort(2, 20);

  it(
    `${kills} times: every period is billed and paid for once, without a gap`,
    { timeout: 2 * patience },
    async () => {
      const { environmentId } = await newFaultTenant(database);
      const subscriptions = effort(200, 3_000);
      // Monthly since January: many periods are due for each.
      await subscribe(
        { database, environmentId },
        { subscription: { timezone: "America/New_York" } },
        subscriptions,
      );
      const random = chance("billing");
      let running = await Promise.all([start(), start()]);
      for (let kill = 0; kill < kills; kill++) {
        const before = await count("invoices");
        while ((await count("invoices")) === before && (await count(due)) > 0) await pause(5);
        await pause(random() * 100);
        const [first, ...others] = running;
        await first?.end("SIGKILL");
        running = [...others, await start()];
      }
      while ((await count(due)) > 0) await pause(50);
      await Promise.all(running.map(({ end }) => end("SIGTERM")));

      const invoices = await count("invoices");
      report("billing", { kills, subscriptions, invoices });
      const { rows } = await database.pool.query(
        `SELECT
         count(DISTINCT (subscription_id, period_start))::int AS periods,
         max(right(number, 6))::int AS last,
         count(DISTINCT number)::int AS numbers,
         count(*) FILTER (WHERE status <> 'PAID')::int AS unpaid,
         (SELECT count(*)::int FROM invoice_payments) AS payments,
         (SELECT count(*)::int FROM events WHERE type = 'invoice.created') AS told,
         (SELECT count(*)::int FROM events WHERE type = 'subscription.renewed') AS renewed,
         (SELECT sum(cycles_billed - 1)::int FROM subscriptions) AS cycles,
         count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM invoices earlier WHERE earlier.subscription_id = i.subscription_id
             AND earlier.period_end = i.period_start
         ))::int AS firsts
       FROM invoices i`,
      );
      expect(rows).toEqual([
        {
          periods: invoices,
          last: invoices,
          numbers: invoices,
          unpaid: 0,
          payments: invoices,
          told: invoices,
          renewed: invoices,
          cycles: invoices,
          firsts: subscriptions,
        },
      ]);
      expect(invoices).toBeGreaterThan(subscriptions * 9);
    },
  );
});
