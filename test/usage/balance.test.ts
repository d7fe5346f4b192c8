import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { runAt } from "../engine/support.ts";
import { type MeteredShop, openMeteredShop, short } from "./metered.ts";

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

let api: TestApi;
let shop: MeteredShop;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

const day = (at: string): string => `2026-${at}T00:00:00.000Z`;
const item = (id: string) => ({ price: { id } });

async function subscribed(meter: Parameters<typeof openMeteredShop>[1] = {}) {
  shop = await openMeteredShop(api, meter);
  const [base, metered] = [await shop.basePrice(), await shop.meteredPrice()];
  const subscription = await shop.subscribe({ items: [item(base), item(metered)] });
  return { ...subscription, itemId: subscription.items.nodes[1].id };
}

const balance = `subscriptionItem { id } meter { id } period { start end } current included used remaining overage
  estimatedAmount { amount currency }`;
const upcoming =
  "upcomingUsage { period { start end } total { amount } lines { kind description quantity amount { amount } } }";
const usageOf = (id: string) =>
  shop.read(`query ($id: ID!) { subscription(id: $id) { ${upcoming} usageBalance { ${balance} } } }`, { id });

describe("usageBalance", () => {
  it("tells what is used, what of it is included, and what the invoice will bill", async () => {
    const { id, itemId } = await subscribed();
    await shop.setNow(day("06-20"));
    await shop.use({ at: "06-05", quantity: 60 });
    const period = { start: day("06-01"), end: day("07-01") };
    expect((await usageOf(id)).subscription.usageBalance).toEqual([
      {
        subscriptionItem: { id: itemId },
        meter: { id: shop.meterId },
        period,
        current: "60",
        included: "100",
        used: "60",
        remaining: "40",
        overage: "0",
        estimatedAmount: { amount: 0, currency: "USD" },
      },
    ]);
    await shop.use({ at: "06-06", quantity: "1091.5" });
    const { subscription } = await usageOf(id);
    expect(subscription.usageBalance).toMatchObject([
      {
        current: "1151.5",
        used: "100",
        remaining: "0",
        overage: "1051.5",
        estimatedAmount: { amount: 1952 },
      },
    ]);
    expect(subscription.upcomingUsage).toEqual({
      period,
      total: { amount: 1952 },
      lines: [{ kind: "USAGE", description: "API calls", quantity: "1151.5", amount: { amount: 1952 } }],
    });
    await shop.advanceTo(day("07-01"));
    expect(short((await shop.invoices(id))[1])[1]).toBe("USAGE API calls: 1151.5 = 1952");
  });

  it("is that of the invoice to come after changes, late events and voided ones as well", async () => {
    const { id, itemId } = await subscribed();
    await shop.setNow(day("06-30"));
    await shop.use({ at: "06-05", quantity: 950 });
    await shop.advanceTo(day("07-11"));
    await shop.use({ at: "06-29", quantity: 100 }, { at: "07-02", quantity: 300 });
    const minimum = await shop.meteredPrice({ unitAmount: 3 as never, spendingMinimum: 9000n });
    await shop.mutate("updateSubscriptionItem", { subscriptionId: id, itemId, price: { id: minimum } });
    await shop.setNow(day("07-20"));
    await shop.use({ at: "07-15", quantity: 7 });
    const { upcomingUsage, usageBalance } = (await usageOf(id)).subscription;
    expect(usageBalance).toMatchObject([{ current: "307", included: "0" }]);
    await shop.advanceTo(day("08-01"));
    const lines = (await shop.invoices(id))[2].lines.nodes.filter(({ kind }: any) => kind !== "ITEM");
    expect(upcomingUsage.lines).toEqual(
      lines.map(({ kind, description, quantity, amount }: any) => ({ kind, description, quantity, amount })),
    );
    expect(lines.map(({ amount }: any) => amount.amount)).toEqual([400, 6097, 150]);
  });

  it("is none in a trial, before the start, and after the end", async () => {
    shop = await openMeteredShop(api);
    const price = await shop.meteredPrice();
    const trial = await shop.subscribe({ items: [item(price)], trialDays: 14 });
    await shop.use({ at: "06-01", quantity: 60 });
    expect((await usageOf(trial.id)).subscription).toEqual({
      usageBalance: [],
      upcomingUsage: { period: null, total: { amount: 0 }, lines: [] },
    });
    await shop.mutate("cancelSubscription", { subscriptionId: trial.id, mode: "NOW" });
    expect((await usageOf(trial.id)).subscription).toEqual({ usageBalance: [], upcomingUsage: null });
  });

  it("of customers is that of all their subscriptions, in as many statements for many as for one", async () => {
    shop = await openMeteredShop(api);
    const price = await shop.meteredPrice();
    for (let count = 0; count < 3; count++) await shop.subscribe({ items: [item(price)] });
    await shop.use({ at: "06-01", quantity: 60 });
    const document = `query ($first: Int!) {
      subscriptions(first: $first) { nodes { usageBalance { current } ${upcoming} } } }`;
    const one = await api.query(document, { first: 1 }, shop.key);
    const many = await api.query(document, { first: 10 }, shop.key);
    expect(many.statements).toBe(one.statements);
    const { customers } = await shop.read(
      "{ customers(first: 5) { nodes { id usageBalance { current } } } }",
    );
    const mine = customers.nodes.find(({ id }: any) => id === shop.customerId);
    expect(mine.usageBalance.map(({ current }: any) => current).toSorted()).toEqual(["0", "0", "60"]);
  });
});

describe("previewSubscriptionChange", () => {
  it("shows what was used by now, at the terms until and after the change", async () => {
    const { id, itemId } = await subscribed();
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 500 });
    const price = await shop.meteredPrice({ unitAmount: 9 as never });
    const preview = async (input: object) => {
      const { previewSubscriptionChange: payload } = await shop.read(
        `query ($input: PreviewSubscriptionChangeInput!) { previewSubscriptionChange(input: $input) {
          invoice { lines { kind quantity amount { amount } } } usage { quantity amount { amount } period { start end } }
          userErrors { message } } }`,
        { input },
      );
      expect(payload.userErrors).toEqual([]);
      return payload;
    };
    const change = await preview({
      updateSubscriptionItem: { subscriptionId: id, itemId, price: { id: price } },
    });
    expect(change.usage).toEqual([
      { quantity: "500", amount: { amount: 800 }, period: { start: day("06-01"), end: day("06-11") } },
      { quantity: "0", amount: { amount: 0 }, period: { start: day("06-11"), end: day("07-01") } },
    ]);
    const cancel = await preview({ cancelSubscription: { subscriptionId: id, mode: "NOW" } });
    expect(cancel.usage).toEqual([]);
    expect(cancel.invoice.lines).toEqual([{ kind: "USAGE", quantity: "500", amount: { amount: 800 } }]);
    const { previewRenewals } = await shop.read(
      `query ($id: ID!) { previewRenewals(subscriptionId: $id, count: 2) { renewals { amount { amount } } } }`,
      { id },
    );
    expect(previewRenewals.renewals.map(({ amount }: any) => amount.amount)).toEqual([5800, 5000]);
  });
});

describe("explainUsage", () => {
  const explain = (lineId: string, key = shop.key) =>
    api.query(
      `query ($lineId: ID!) { explainUsage(lineId: $lineId) { meter { id } period { start end } billedQuantity
        billedAmount { amount } countedFrom events(first: 2) { totalCount nodes { quantity } pageInfo { hasNextPage } } } }`,
      { lineId },
      key,
    );

  it("leads from a line to its events", async () => {
    shop = await openMeteredShop(api);
    const filter = [{ property: "region", operator: "EQ", values: ["eu"] }];
    const { id } = await shop.subscribe({
      items: [
        item(await shop.meteredPrice()),
        item(await shop.meteredPrice({ unitAmount: 1 as never, usageFilter: filter as never })),
      ],
    });
    await shop.setNow(day("06-30"));
    await shop.use(
      { at: "06-05", quantity: 5 },
      { at: "06-06", quantity: 6 },
      { at: "06-07", quantity: 7 },
      { at: "06-08", quantity: 8, properties: { region: "eu" } },
    );
    await shop.advanceTo(day("07-01"));
    const [{ lines }] = await shop.invoices(id);
    const [rest, eu] = lines.nodes;
    expect((await explain(rest.id)).data.explainUsage).toEqual({
      meter: { id: shop.meterId },
      period: { start: day("06-01"), end: day("07-01") },
      billedQuantity: "18",
      billedAmount: { amount: 0 },
      countedFrom: day("06-01"),
      events: {
        totalCount: 3,
        nodes: [{ quantity: "7" }, { quantity: "6" }],
        pageInfo: { hasNextPage: true },
      },
    });
    expect((await explain(eu.id)).data.explainUsage.events).toMatchObject({
      totalCount: 1,
      nodes: [{ quantity: "8" }],
    });
    const stranger = await api.newEnvironment();
    expect((await explain(eu.id, stranger.key)).data.explainUsage).toBeNull();
    expect((await explain("none")).data.explainUsage).toBeNull();
  });
});

describe("thresholds", () => {
  const told = async () => {
    const rows = await api.database.prisma.event.findMany({
      where: { environmentId: shop.environmentId, type: "usage.threshold.reached" },
      orderBy: { sequence: "asc" } as never,
    });
    return rows.map(({ data }: any) => [data.threshold, data.quantity]);
  };

  it("are told of once a period each, when as many per cent of the included units are used", async () => {
    const { id, itemId } = await subscribed({ alertThresholds: [50, 80, 100] });
    await shop.setNow(day("06-10"));
    await shop.use({ at: "06-05", quantity: 49 });
    await runAt(api.database, new Date());
    expect(await told()).toEqual([]);
    await shop.use({ at: "06-06", quantity: 40 });
    await Promise.all([runAt(api.database, new Date()), runAt(api.database, new Date())]);
    expect(await told()).toEqual([
      [50, "89"],
      [80, "89"],
    ]);
    await shop.use({ at: "06-07", quantity: 40 });
    await shop.advanceTo(day("07-05"));
    expect(await told()).toEqual([
      [50, "89"],
      [80, "89"],
      [100, "129"],
    ]);
    await shop.use({ at: "07-02", quantity: 50 });
    await runAt(api.database, new Date());
    await runAt(api.database, new Date());
    expect((await told()).slice(3)).toEqual([[50, "50"]]);
    const [event] = await api.database.prisma.event.findMany({
      where: { environmentId: shop.environmentId, type: "usage.threshold.reached" },
    });
    expect(event).toMatchObject({
      data: { included: "100", subscriptionId: id, subscriptionItemId: itemId, meterId: shop.meterId },
    });
  });
});
