import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { platform } from "../../src/db/confine.ts";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { reader } from "../../src/db/reader.ts";
import { inTransaction, transact } from "../../src/db/transaction.ts";
import { billingBacklog, jobBacklog, startJobs } from "../../src/jobs/service.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { on, read, subscribe } from "../engine/support.ts";

let api: TestApi;
const failures: unknown[] = [];
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const start = (works: boolean) =>
  startJobs({ database: api.database, works, onError: (error) => failures.push(error) });
const due = () => billingBacklog(reader(api.database, platform));
const waiting = async () => (await jobBacklog(reader(api.database, platform))).waiting;

async function until(holds: () => Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  while (!(await holds())) await pause(20);
}

describe("a worker", () => {
  it("does at its start what fell due while there was none", async () => {
    const [id = ""] = await subscribe(api);
    expect(await due()).toMatchObject({ waiting: 1 });
    expect((await due()).oldestSeconds).toBeGreaterThan(86_400);
    const jobs = await start(true);
    await until(async () => (await due()).waiting === 0);
    expect((await read(api, id)).invoices.length).toBeGreaterThanOrEqual(10);
    expect(jobs.check()).toBeNull();
    await jobs.stop();
    expect(failures).toEqual([]);
  });

  it("tells how much its last run could not do, and goes on with the rest", async () => {
    const { environmentId } = await api.newEnvironment();
    const tenant = { database: api.database, environmentId };
    const dear = { quantity: 10_000_000, price: { unitAmount: new Prisma.Decimal(999_999_999_999) } };
    const [bad = ""] = await subscribe(tenant, dear);
    const [good = ""] = await subscribe(tenant);
    failures.length = 0;
    const jobs = await start(true);
    expect(jobs.leftUndone()).toBe(0);
    await until(async () => jobs.leftUndone() > 0);
    await jobs.stop();
    expect([jobs.leftUndone(), failures.length]).toEqual([1, 1]);
    const { rows } = await api.database.pool.query(
      "SELECT id FROM subscriptions WHERE id = ANY($1) AND next_step_at <= now()",
      [[bad, good]],
    );
    expect(rows).toEqual([{ id: bad }]);
    await api.database.pool.query("UPDATE subscriptions SET next_step_at = NULL WHERE id = $1", [bad]);
  });

  it("is not in a process that only answers requests, which puts jobs into queues for others", async () => {
    const jobs = await start(false);
    const before = await waiting();
    const host = { ...api.database, enqueue: jobs.enqueue };
    const writer = { environmentId: api.environmentId, actor: "test", requestId: null, now: on("01-01") };
    const job = {
      queue: "clocks",
      key: "one",
      data: { environmentId: api.environmentId, clockId: api.environmentId },
    };
    const failed = transact(host, writer, async (transaction) => {
      transaction.enqueue(job);
      await transaction.query({ text: "SELECT 1 / 0", values: [] } as never);
    });
    await expect(failed).rejects.toThrow("division by zero");
    expect(await waiting()).toBe(before);
    await transact(host, writer, async (transaction) => transaction.enqueue(job, job));
    expect(await waiting()).toBe(before + 1);
    expect(jobs.check()).toBeNull();
    await jobs.stop();
  });
});

describe("work for one environment", () => {
  const tried = (statement: string) =>
    inTransaction(api.database, api.environmentId, (client) => client.query(statement));
  const job = () => ({ queue: "usage", key: api.environmentId, data: { environmentId: api.environmentId } });

  it.each([
    "SELECT data FROM pgboss.job",
    "SELECT count(data) FROM pgboss.job_common",
    "UPDATE pgboss.job SET priority = 9",
    "DELETE FROM pgboss.job",
    "INSERT INTO pgboss.queue (name, policy) VALUES ('x', 'short')",
    "SELECT * FROM pgboss.schedule",
  ])("may put jobs into queues, and not %s, after a start that finds other rights", async (statement) => {
    await (await start(false)).stop();
    await api.database.pool.query("GRANT ALL ON ALL TABLES IN SCHEMA pgboss TO billgraph_app");
    const jobs = await start(false);
    await expect(tried(statement)).rejects.toMatchObject({ code: "42501" });
    const host = { ...api.database, enqueue: jobs.enqueue };
    const writer = { environmentId: api.environmentId, actor: "test", requestId: null, now: on("01-01") };
    const before = await waiting();
    await transact(host, writer, async (transaction) => transaction.enqueue(job()));
    expect(await waiting()).toBeGreaterThanOrEqual(before);
    await jobs.stop();
  });

  it("gets no rights to tables of other schemas by itself", async () => {
    await api.database.pool.query("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int)");
    await expect(tried("SELECT FROM elsewhere.t")).rejects.toMatchObject({ code: "42501" });
    await api.database.pool.query("CREATE TABLE public.later (id int)");
    await expect(tried("SELECT FROM later")).resolves.toBeDefined();
  });
});
