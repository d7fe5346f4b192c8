import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { on, read, runAt, subscribe } from "./support.ts";

let api: TestApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const statuses = ({ invoices }: any): string[] => invoices.map(({ status }: any) => status);
const totals = ({ invoices }: any): number[] => invoices.map(({ total }: any) => total.amount);

describe("a subscription", () => {
  it("is billed for the first time when its trial ends", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: {
        status: "TRIALING",
        trialEnd: on("01-15"),
        currentPeriodEnd: on("01-15"),
        billingAnchor: on("01-15"),
        billingAnchorDay: 15,
        cyclesBilled: 0,
      },
    });
    await runAt(api.database, on("01-14"));
    expect(statuses(await read(api, id))).toEqual([]);
    await runAt(api.database, on("01-15"));
    expect(await read(api, id)).toMatchObject({
      status: "ACTIVE",
      currentPeriod: { start: on("01-15").toISOString(), end: on("02-15").toISOString() },
      invoices: [{ status: "PAID", total: { amount: 1000 } }],
    });
  });

  it("that was to start later starts then, and is billed", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: {
        status: "PENDING",
        cyclesBilled: 0,
        startedAt: on("03-01"),
        currentPeriodStart: on("03-01"),
        currentPeriodEnd: on("04-01"),
      },
    });
    await runAt(api.database, on("02-28"));
    expect((await read(api, id)).status).toBe("PENDING");
    await runAt(api.database, on("03-01"));
    expect(await read(api, id)).toMatchObject({ status: "ACTIVE", invoices: [{ status: "PAID" }] });
  });

  it("that nobody pays for at its start does not begin, and expires", async () => {
    const [id = ""] = await subscribe(api, {
      customer: { metadata: { sandbox_payment: "decline" } },
      subscription: {
        status: "PENDING",
        cyclesBilled: 0,
        startedAt: on("01-01"),
        currentPeriodStart: on("01-01"),
      },
    });
    await runAt(api.database, on("01-01"));
    expect(await read(api, id)).toMatchObject({ status: "PENDING", invoices: [{ status: "SENT" }] });
    await runAt(api.database, on("02-01"));
    expect(await read(api, id)).toMatchObject({ status: "EXPIRED", endedAt: on("02-01").toISOString() });
  });

  it("is canceled at the end of its period", async () => {
    const [id = ""] = await subscribe(api, { subscription: { cancelAtPeriodEnd: true } });
    await runAt(api.database, on("05-01"));
    expect(await read(api, id)).toMatchObject({
      status: "CANCELED",
      endedAt: on("02-01").toISOString(),
      invoices: [],
    });
  });

  it("expires after its number of cycles", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: { billingEndStrategy: "AFTER_CYCLES", billingMaxCycles: 3 },
    });
    await runAt(api.database, on("12-01"));
    const subscription = await read(api, id);
    expect(subscription).toMatchObject({ status: "EXPIRED", endedAt: on("04-01").toISOString() });
    expect(totals(subscription)).toEqual([1000, 1000]);
  });

  it("expires on the date of its end, and the last period costs what is left of it", async () => {
    const [id = ""] = await subscribe(api, {
      subscription: { billingEndStrategy: "ON_DATE", billingEndsOn: on("04-16") },
    });
    await runAt(api.database, on("12-01"));
    const subscription = await read(api, id);
    expect(subscription).toMatchObject({ status: "EXPIRED", endedAt: on("04-16").toISOString() });
    expect(totals(subscription)).toEqual([1000, 1000, 500]);
  });

  it.each([
    ["KEEP_AS_DRAFT", "DRAFT"],
    ["VOID", "VOID"],
    ["MARK_UNCOLLECTIBLE", "UNCOLLECTIBLE"],
  ] as const)(
    "that pauses with %s gives invoices that are %s, until it resumes",
    async (pauseBehavior, status) => {
      const [id = ""] = await subscribe(api, {
        subscription: { pauseAtPeriodEnd: true, pauseBehavior, resumesAt: on("03-15") },
      });
      await runAt(api.database, on("03-10"));
      const paused = await read(api, id);
      expect(paused.status).toBe("PAUSED");
      expect(statuses(paused)).toEqual([status, status]);
      await runAt(api.database, on("04-01"));
      const resumed = await read(api, id);
      expect(resumed.status).toBe("ACTIVE");
      expect(statuses(resumed).toSorted()).toEqual([status, status, "PAID"].toSorted());
    },
  );
});

describe("an invoice that is not paid by its due date", () => {
  it("is overdue when that day is over where the customer is", async () => {
    const [id = ""] = await subscribe(api, {
      customer: { timezone: "America/New_York" },
      subscription: { collectionMethod: "SEND_INVOICE" },
    });
    await runAt(api.database, on("02-01"));
    expect(statuses(await read(api, id))).toEqual(["SENT"]);
    // It was issued on 31 January there.
    await runAt(api.database, new Date("2026-02-01T04:59:59Z"));
    expect(statuses(await read(api, id))).toEqual(["SENT"]);
    await runAt(api.database, new Date("2026-02-01T05:00:00Z"));
    expect(statuses(await read(api, id))).toEqual(["OVERDUE"]);
  });
});
