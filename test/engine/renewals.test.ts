import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "../../src/db/generated/prisma/client.ts";
import { runDue } from "../../src/domains/engine/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { on, read, runAt, subscribe } from "./support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const span = (start: string, end: string) => ({ start: on(start).toISOString(), end: on(end).toISOString() });

describe("renewals", () => {
  it("bill the next period when the current one is over, once", async () => {
    const [id = ""] = await subscribe(api);
    expect(await runAt(api.database, new Date("2026-01-31T23:59:59.999Z"))).toBe(0);
    expect(await runAt(api.database, on("02-01"))).toBe(1);
    expect(await runAt(api.database, on("02-01"))).toBe(0);
    expect(await read(api, id)).toMatchObject({
      status: "ACTIVE",
      currentPeriod: span("02-01", "03-01"),
      invoices: [
        {
          status: "PAID",
          total: { amount: 1000 },
          amountDue: { amount: 0 },
          period: span("02-01", "03-01"),
        },
      ],
    });
  });

  it("of three months without a worker are all billed, in order", async () => {
    const ids = await subscribe(api, {}, 3);
    expect(await runAt(api.database, on("04-10"), 2)).toBeGreaterThanOrEqual(9);
    for (const id of ids) {
      const { invoices, currentPeriod } = await read(api, id);
      expect(currentPeriod).toEqual(span("04-01", "05-01"));
      expect(invoices.map(({ period }: any) => period)).toEqual([
        span("02-01", "03-01"),
        span("03-01", "04-01"),
        span("04-01", "05-01"),
      ]);
      expect(invoices.map(({ number }: any) => number)).toEqual(
        invoices.map(({ number }: any) => number).toSorted(),
      );
    }
  });

  it("come back to the 31st after short months", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: {
        billingAnchorDay: 31,
        billingAnchor: on("01-31"),
        currentPeriodStart: on("01-31"),
        currentPeriodEnd: on("02-28"),
      },
    });
    await runAt(api.database, on("05-01"));
    const { invoices } = await read(api, id);
    expect(invoices.map(({ period }: any) => period)).toEqual([
      span("02-28", "03-31"),
      span("03-31", "04-30"),
      span("04-30", "05-31"),
    ]);
  });

  it("of a price in arrears bill the period that is over, and the last one when the subscription ends", async () => {
    const [id = ""] = await subscribe(api, {
      price: { payInAdvance: false },
      subscription: { cancelAt: new Date("2026-02-15T00:00:00Z") },
    });
    await runAt(api.database, on("03-01"));
    const { status, endedAt, invoices } = await read(api, id);
    expect({ status, endedAt }).toEqual({ status: "CANCELED", endedAt: on("02-15").toISOString() });
    expect(invoices.map(({ total, period }: any) => ({ total: total.amount, period }))).toEqual([
      { total: 1000, period: span("02-01", "02-15") },
      { total: 500, period: span("02-01", "02-15") },
    ]);
  });

  it("take no more statements for many subscriptions than for a few", async () => {
    const counted = async (count: number): Promise<number> => {
      const { environmentId } = await api.newEnvironment();
      await subscribe({ database: api.database, environmentId }, {}, count);
      let statements = 0;
      await runAt({ ...api.database, observe: () => void statements++ } as never, on("02-01"));
      return statements;
    };
    await runAt(api.database, on("02-01"));
    const few = await counted(2);
    expect(await counted(200)).toBe(few);
    expect(few).toBeLessThan(45);
  });
});

describe("one subscription that cannot be billed", () => {
  it("stays due, and all others are billed", async () => {
    const { environmentId } = await api.newEnvironment();
    const tenant = { database: api.database, environmentId };
    const [bad = ""] = await subscribe(tenant, {
      quantity: 10_000_000,
      price: { unitAmount: new Prisma.Decimal(999_999_999_999) },
    });
    const good = await subscribe(tenant, {}, 5);
    const stuck: unknown[] = [];
    await runDue(api.database, { now: on("02-01"), onStuck: (_error, id) => stuck.push(id) });
    expect(new Set(stuck)).toEqual(new Set([bad]));
    const { rows } = await api.database.pool.query(
      "SELECT subscription_id AS id FROM invoices WHERE environment_id = $1",
      [environmentId],
    );
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(good));
  });
});
