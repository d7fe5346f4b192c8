import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TransactionHost } from "../../src/db/transaction.ts";
import { runDue } from "../../src/domains/engine/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { on, subscribe } from "./support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());
// What an earlier test left due would be done as well.
beforeEach(() => api.database.prisma.billingSubscription.updateMany({ data: { nextStepAt: null } }));

afterEach(() =>
  api.database.pool.query("DROP FUNCTION IF EXISTS refuse_marks CASCADE; DELETE FROM usage_marks"),
);

const now = on("02-01");

/** A tenant with so many subscriptions that are due. */
async function tenant(count: number): Promise<string> {
  const { environmentId } = await api.newEnvironment();
  await subscribe({ database: api.database, environmentId }, {}, count);
  return environmentId;
}

const billed = (environmentId: string) => api.database.prisma.invoice.count({ where: { environmentId } });

/** A database that answers no more once `answers` says so. */
function failing(answers: (connection: number) => boolean): TransactionHost {
  let connections = 0;
  const connect = () => {
    if (answers(++connections)) return api.database.pool.connect();
    return Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
  };
  const pool = new Proxy(api.database.pool, {
    get: (target, name) => (name === "connect" ? connect : Reflect.get(target, name)),
  });
  return { ...api.database, pool };
}

/** Lets the database refuse whatever is done with the usage marks of a tenant. */
async function sicken(environmentId: string): Promise<void> {
  await api.database.pool.query(`
    CREATE FUNCTION refuse_marks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a sick tenant'; END $$;
    CREATE TRIGGER refuse_marks BEFORE DELETE ON usage_marks FOR EACH ROW
      WHEN (OLD.environment_id = '${environmentId}') EXECUTE FUNCTION refuse_marks();`);
  await api.database.pool.query(
    `INSERT INTO usage_marks (environment_id, id, customer_id, meter_id)
     VALUES ($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid())`,
    [environmentId],
  );
}

describe("a run of all that is due", () => {
  it("goes on with other tenants, and other work, where one fails, which is told once", async () => {
    const tenants = [await tenant(1), await tenant(1), await tenant(1)].toSorted();
    const [sick = "", ...well] = tenants;
    await sicken(sick);
    const told: unknown[] = [];
    await runDue(api.database, { now, onStuck: (error, id) => told.push([(error as Error).message, id]) });
    expect(told).toEqual([["a sick tenant", sick]]);
    // What fails is one kind of work: the tenant's subscriptions are billed all the same.
    expect(await Promise.all([sick, ...well].map(billed))).toEqual([1, 1, 1]);
  });

  it("gives each tenant its turn: a large one does not keep the others waiting", async () => {
    const [first = "", second = ""] = [await tenant(8), await tenant(8)].toSorted();
    const stopping = new AbortController();
    const counts: number[][] = [];
    let done: number[] = [];
    const host: TransactionHost = {
      ...api.database,
      // Told of an environment whenever something of it has committed.
      announce: (environmentId) => {
        done = done.with(environmentId === first ? 0 : 1, (done[environmentId === first ? 0 : 1] ?? 0) + 1);
        counts.push(done);
      },
    };
    done = [0, 0];
    await runDue(host, {
      now,
      batch: 1,
      signal: stopping.signal,
      onStuck: (error) => expect.fail(String(error)),
    });
    expect(await Promise.all([first, second].map(billed))).toEqual([8, 8]);
    // Neither was done before the other had its first turn.
    expect(counts.some(([one = 0, other = 0]) => one > 0 && other > 0 && one < 8)).toBe(true);
  });

  it("blames no rows for a database that is away, and ends after a few tries", async () => {
    const environmentId = await tenant(30);
    const told: [unknown, unknown][] = [];
    // It answers until the first batch of subscriptions has been billed.
    let away = false;
    let tries = 0;
    const host = failing(() => {
      if (away) tries++;
      return !away;
    });
    await runDue(
      { ...host, announce: () => (away = true) },
      {
        now,
        batch: 10,
        backOffMs: 1,
        onStuck: (error, id) => told.push([(error as { code?: unknown }).code, id]),
      },
    );
    expect(told).toEqual([["ECONNREFUSED", environmentId]]);
    expect(tries).toBeLessThanOrEqual(10);
    expect(await api.database.prisma.billingSubscription.count({ where: { nextStepAt: { lte: now } } })).toBe(
      20,
    );
  });

  it("tries again when the database was away for a moment", async () => {
    const environmentId = await tenant(30);
    let refused = 0;
    const host = failing((connection) => connection % 4 !== 0 || ++refused > 3);
    const told: unknown[] = [];
    await runDue(host, { now, batch: 10, backOffMs: 1, onStuck: (error) => told.push(error) });
    expect(refused).toBeGreaterThanOrEqual(3);
    expect([told, await billed(environmentId)]).toEqual([[], 30]);
  });
});
