import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MeterAggregation } from "../../src/db/generated/prisma/enums.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Store, openStore } from "./support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Makes a meter, one that adds up unless said, and sends usage at instants. */
async function newMeter(
  store: Store,
  aggregation: MeterAggregation = "SUM",
): Promise<{ meterId: string; use: (quantity: string, at: string) => Promise<void> }> {
  const meterId = await store.insert("Meter", { eventName: "call", aggregation });
  const document = `mutation ($input: IngestUsageEventsInput!) {
    ingestUsageEvents(input: $input) { ingested results { reason userErrors { message } } } }`;
  return {
    meterId,
    use: async (quantity, timestamp) => {
      const event = {
        name: "call",
        customer: { id: store.customerId },
        quantity,
        timestamp,
        idempotencyKey: newId(),
      };
      const { ingestUsageEvents } = await store.read(document, { input: { events: [event] } });
      expect(ingestUsageEvents).toMatchObject({ ingested: 1 });
    },
  };
}

const now = "2026-06-17T12:30:00.000Z";

describe("a limit of usage", () => {
  test("counts what the meter measured in the billing period, and stops at it", async () => {
    const store = await openStore(api, "2026-06-10T08:15:30.000Z");
    const { meterId, use } = await newMeter(store);
    const priceId = await store.sell({ key: "calls", type: "METERED", meterId, limit: "100" });
    await use("50", "2026-06-10T08:15:29.000Z");
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    await store.setNow(now);
    expect(await store.check("calls")).toMatchObject({
      entitled: true,
      limit: "100",
      used: "0",
      remaining: "100",
      resetsAt: "2026-07-10T08:15:30.000Z",
    });
    await use("60.5", "2026-06-10T08:15:30.000Z");
    await use("39", "2026-06-16T23:59:59.000Z");
    const nearly = { entitled: true, reason: "ENTITLED", used: "99.5", remaining: "0.5" };
    expect(await store.check("calls")).toMatchObject(nearly);
    expect(await store.check("calls", { quantity: "0.5" })).toMatchObject(nearly);
    expect(await store.check("calls", { quantity: "1" })).toMatchObject({
      entitled: false,
      reason: "LIMIT_REACHED",
      hasAccess: true,
    });
    await use("1", now);
    const over = {
      entitled: false,
      reason: "LIMIT_REACHED",
      used: "100.5",
      remaining: "0",
      accessLevel: "FULL",
    };
    expect(await store.check("calls")).toMatchObject(over);
    await store.advanceTo("2026-07-10T09:00:00.000Z");
    expect(await store.check("calls")).toMatchObject({ entitled: true, used: "0" });
  });

  test.each([
    ["COUNT", "3"],
    ["MAX", "7"],
    ["MIN", "1.5"],
    ["AVG", "3.5"],
    ["LAST", "2"],
    // What each change weighs until the end of the month: 1.5 × 29/30 + 7 × (15 − 1/48)/30 + 2 × 14/30
    ["WEIGHTED_SUM", "5.878472222222"],
  ] as const)("is one of what a meter measures by %s", async (aggregation, used) => {
    const store = await openStore(api, "2026-06-01T00:00:00.000Z");
    const { meterId, use } = await newMeter(store, aggregation);
    const priceId = await store.sell({ key: "calls", type: "METERED", meterId, limit: "100" });
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    await store.setNow(now);
    await use("1.5", "2026-06-02T00:00:00.000Z");
    await use("7", "2026-06-16T00:30:00.000Z");
    await use("2", "2026-06-17T00:00:00.000Z");
    const { meter } = await store.read(
      'query ($id: ID!) { meter(id: $id) { usage(from: "2026-06-01T00:00:00Z", to: "2026-07-01T00:00:00Z") { total } } }',
      { id: meterId },
    );
    const before = api.statements.length;
    const { used: told } = await store.check("calls");
    const statements = api.statements.slice(before).filter(({ text }) => text.includes("usage_hours"));
    expect([told, meter.usage[0].total]).toEqual([used, used]);
    // What meters do that do not just count or add up is read by a statement of its own.
    expect(statements).toHaveLength(aggregation === "COUNT" ? 1 : 2);
  });

  test.each([
    ["DAY", "30", "2026-06-17T22:00:00.000Z"],
    ["WEEK", "32", "2026-06-21T22:00:00.000Z"],
    ["MONTH", "36", "2026-06-30T22:00:00.000Z"],
    ["YEAR", "44", "2026-12-31T23:00:00.000Z"],
    ["NEVER", "44", null],
  ])("of a %s counts from its start in the zone of the subscription", async (resetPeriod, used, resetsAt) => {
    const store = await openStore(api, now, { timezone: "Europe/Berlin" });
    const { meterId, use } = await newMeter(store);
    const priceId = await store.sell(
      { key: "calls", type: "METERED", meterId, limit: "1000" },
      { resetPeriod },
    );
    const subscriptionId = await store.insert("BillingSubscription", {
      customerId: store.customerId,
      timezone: "Europe/Berlin",
      startedAt: new Date("2026-03-31T22:00:00.000Z"),
    });
    await store.insert("SubscriptionItem", { subscriptionId, priceId });
    await use("10", "2026-06-16T22:00:00.000Z");
    await use("20", "2026-06-17T12:00:00.000Z");
    await use("2", "2026-06-16T21:59:59.999Z");
    await use("4", "2026-05-31T22:00:00.000Z");
    await use("8", "2026-05-31T21:59:59.999Z");
    expect(await store.check("calls")).toMatchObject({ limit: "1000", resetsAt, used });
  });

  test("may be exceeded where the product or the benefit says so, and may be none", async () => {
    const store = await openStore(api, now);
    const { meterId, use } = await newMeter(store);
    const priceId = await store.sell(
      { key: "calls", type: "METERED", meterId, limit: "1" },
      { overageAllowed: true },
    );
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    await use("5", now);
    const over = { entitled: true, reason: "OVERAGE", overageAllowed: true, remaining: "0", used: "5" };
    expect(await store.check("calls")).toMatchObject(over);
    const { productId } = await api.database.prisma.price.findFirstOrThrow({ where: { id: priceId } });
    const attached = { product: { id: productId }, benefit: { key: "calls" } };
    await store.done("attachBenefit", { ...attached, overageAllowed: null, unlimited: true });
    const unlimited = { entitled: true, reason: "ENTITLED", unlimited: true, limit: null, remaining: null };
    expect(await store.check("calls", { quantity: "1000000" })).toMatchObject({ ...unlimited, used: "5" });
    await store.done("attachBenefit", { ...attached, limit: "5" });
    expect(await store.check("calls")).toMatchObject({ entitled: false, limit: "5", unlimited: false });
  });

  test("is added up over subscriptions and grants of the same span; of others the one that leaves the most answers", async () => {
    const store = await openStore(api, now);
    const { meterId, use } = await newMeter(store);
    const priceId = await store.sell(
      { key: "calls", type: "METERED", meterId, limit: "10", resetPeriod: "MONTH" },
      { limit: "100" },
    );
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    await store.done("grantEntitlement", {
      customer: { id: store.customerId },
      benefit: { key: "calls" },
      limit: "20",
    });
    await use("30", "2026-06-02T00:00:00.000Z");
    expect(await store.check("calls")).toMatchObject({ limit: "120", used: "30", remaining: "90" });
    const other = await store.insert("Product", {});
    await store.done("attachBenefit", {
      product: { id: other },
      benefit: { key: "calls" },
      resetPeriod: "DAY",
      limit: "91",
    });
    await store.subscribe({ items: [{ price: { id: await store.insert("Price", { productId: other }) } }] });
    expect(await store.check("calls")).toMatchObject({
      limit: "91",
      used: "0",
      remaining: "91",
      resetsAt: "2026-06-18T00:00:00.000Z",
    });
  });
});

describe("a quota", () => {
  const change = (store: Store, move: object, more: object = {}) =>
    store.act("changeQuota", {
      customer: { id: store.customerId },
      benefit: { key: "projects" },
      change: move,
      ...more,
    });

  async function withRoom(limit: string, benefit: object = {}): Promise<Store> {
    const store = await openStore(api, now);
    const priceId = await store.sell({ key: "projects", type: "QUOTA", ...benefit }, { limit });
    await store.subscribe({ items: [{ price: { id: priceId } }] });
    return store;
  }

  test("of which nothing is kept stays unwritten until something is", async () => {
    const store = await withRoom("3");
    const balances = async () => {
      const document =
        "query ($id: ID!) { customer(id: $id) { quotaBalances { nodes { current version } } } }";
      return (await store.read(document, { id: store.customerId })).customer.quotaBalances.nodes;
    };
    expect(await change(store, { set: "0" })).toMatchObject({ changed: false, quota: null, userErrors: [] });
    const wrong = await change(store, { remove: "1" });
    expect(wrong).toMatchObject({ quota: null, userErrors: [{ code: "LIMIT_EXCEEDED" }] });
    expect(await balances()).toEqual([]);
    const answers = await Promise.all([change(store, { set: "1" }), change(store, { add: "1" })]);
    expect(answers.map(({ userErrors }) => userErrors)).toEqual([[], []]);
    await change(store, { set: "0" });
    expect(await change(store, { set: "0" })).toMatchObject({ changed: false, quota: { current: "0" } });
    expect(await balances()).toMatchObject([{ current: "0" }]);
  });

  test("counts things up to its limit, and tells of each change", async () => {
    const store = await withRoom("3");
    expect(await store.check("projects")).toMatchObject({
      entitled: true,
      used: "0",
      remaining: "3",
      resetsAt: null,
    });
    expect(await change(store, { add: "2" })).toMatchObject({
      changed: true,
      quota: { current: "2", peak: "2", version: 2 },
    });
    const full = await change(store, { add: "2" });
    expect(full).toMatchObject({
      quota: null,
      userErrors: [{ code: "LIMIT_EXCEEDED", limit: 3, used: 2, path: ["change", "add"] }],
    });
    expect(await change(store, { set: "3" })).toMatchObject({ changed: true, quota: { current: "3" } });
    expect(await change(store, { set: "3" })).toMatchObject({
      changed: false,
      quota: { current: "3", version: 3 },
    });
    expect(await store.check("projects")).toMatchObject({
      entitled: false,
      reason: "LIMIT_REACHED",
      used: "3",
    });
    expect(await change(store, { remove: "2" })).toMatchObject({ quota: { current: "1", peak: "3" } });
    const below = await change(store, { remove: "2" });
    expect(below).toMatchObject({ userErrors: [{ code: "LIMIT_EXCEEDED", path: ["change", "remove"] }] });
    expect(await store.told()).toEqual([
      "benefit.created",
      "product_benefit.created",
      ...Array(3).fill("quota.updated"),
    ]);
  });

  test("keeps its things without access, which can go but not come", async () => {
    const store = await withRoom("3");
    await change(store, { add: "2" });
    await api.database.prisma.billingSubscription.updateMany({
      where: { customerId: store.customerId },
      data: { status: "CANCELED" },
    });
    expect(await change(store, { add: "1" })).toMatchObject({
      userErrors: [{ code: "ILLEGAL_STATE", path: ["customer"] }],
    });
    expect(await change(store, { remove: "1" })).toMatchObject({ quota: { current: "1" }, userErrors: [] });
  });

  test("starts its peak anew with the period", async () => {
    const store = await withRoom("10", { resetPeriod: "MONTH" });
    await change(store, { add: "8" });
    await change(store, { remove: "5" });
    expect(await change(store, { add: "1" })).toMatchObject({ quota: { current: "4", peak: "8" } });
    await store.advanceTo("2026-07-05T00:00:00.000Z");
    expect(await change(store, { remove: "3" })).toMatchObject({
      quota: { current: "1", peak: "4", peakSince: "2026-07-01T00:00:00.000Z" },
    });
  });

  test("refuses what is no quota, unknown names, stale versions, and numbers that make no sense", async () => {
    const store = await withRoom("3");
    await store.sell({ key: "reports", type: "BOOLEAN" });
    await change(store, { add: "1" });
    expect(await change(store, { add: "1" }, { expectedVersion: 1 })).toMatchObject({
      userErrors: [{ code: "VERSION_MISMATCH", currentVersion: 2 }],
    });
    expect(await change(store, { add: "1" }, { benefit: { key: "reports" } })).toMatchObject({
      userErrors: [{ code: "INVALID" }],
    });
    expect(await change(store, { add: "1" }, { benefit: { key: "x" } })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["benefit"] }],
    });
    expect(await change(store, { add: "1" }, { customer: { id: newId() } })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", path: ["customer"] }],
    });
    for (const move of [{ add: "0" }, { add: "-1" }, { remove: "0" }, { set: "-1" }, { add: "x" }]) {
      expect((await change(store, move)).userErrors[0]).toMatchObject({ code: "INVALID" });
    }
  });

  test("holds its limit when many add at once", async () => {
    const store = await withRoom("5");
    const answers = await Promise.all(Array.from({ length: 20 }, () => change(store, { add: "1" })));
    expect(answers.filter(({ quota }) => quota)).toHaveLength(5);
    expect(await store.check("projects")).toMatchObject({ used: "5", remaining: "0" });
  });
});
