import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MeteredShop, graduated, openMeteredShop, short } from "./metered.ts";

let api: TestApi;
let shop: MeteredShop;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.close());

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const day = (at: string): string => `2026-${at}T00:00:00.000Z`;
const item = (id: string) => ({ price: { id } });

/** A shop with a subscription to the base fee and to calls by the graduated meter. */
async function subscribed(price?: Parameters<MeteredShop["meteredPrice"]>[0]) {
  shop = await openMeteredShop(api);
  const [base, metered] = [await shop.basePrice(), await shop.meteredPrice(price)];
  const subscription = await shop.subscribe({ items: [item(base), item(metered)] });
  return { ...subscription, itemId: subscription.items.nodes[1].id };
}

describe("a period of metered usage", () => {
  it("is billed when it is over, next to the fee of the one that begins", async () => {
    const { id } = await subscribed();
    await shop.setNow(day("06-20"));
    await shop.use({ at: "06-05", quantity: 150 }, { at: "06-10", quantity: "1000.5" }, { at: "06-20" });
    await shop.advanceTo(day("07-01"));
    const [first, second] = await shop.invoices(id);
    expect(short(first)).toEqual(["ITEM Base fee: 1 = 5000"]);
    // 100 × 0 + 900 × 2 + 151.5 × 1, half a cent away from zero
    expect(short(second)).toEqual(["ITEM Base fee: 1 = 5000", "USAGE API calls: 1151.5 = 1952"]);
    expect(second.total.amount).toBe(6952);
    expect(second.lines.nodes[1]).toMatchObject({
      period: { start: day("06-01"), end: day("07-01") },
      breakdown: [
        { from: "0", to: "100", quantity: "100", unitAmount: "0", amount: { amount: 0 } },
        { from: "100", to: "1000", quantity: "900", unitAmount: "2", amount: { amount: 1800 } },
        { from: "1000", to: null, quantity: "151.5", unitAmount: "1", amount: { amount: 152 } },
      ],
    });
  });
});

describe("late usage", () => {
  it("goes on the next invoice, by the tiers of the period that it is of, once", async () => {
    const { id } = await subscribed();
    await shop.setNow(day("06-30"));
    await shop.use({ at: "06-05", quantity: 950 });
    await shop.advanceTo(day("07-02"));
    await shop.use({ at: "06-29", quantity: 100 }, { at: "07-01", quantity: 10 });
    await shop.advanceTo(day("09-01"));
    const [, july, august, september] = await shop.invoices(id);
    expect(short(july)).toEqual(["ITEM Base fee: 1 = 5000", "USAGE API calls: 950 = 1700"]);
    // 50 × 2 up to 1,000, and 50 × 1 beyond
    expect(short(august)).toEqual([
      "ITEM Base fee: 1 = 5000",
      "USAGE API calls: 10 = 0",
      "ADJUSTMENT Usage of an earlier period, billed late: API calls: 100 = 150",
    ]);
    expect(august.lines.nodes[2].period).toEqual({ start: day("06-01"), end: day("07-01") });
    expect(short(september)).toEqual(["ITEM Base fee: 1 = 5000", "USAGE API calls: 0 = 0"]);
  });

  it("of ended subscriptions goes on the next invoice of the customer", async () => {
    const { id } = await subscribed();
    const other = await shop.subscribe({ items: [item(await shop.basePrice())] });
    await shop.setNow(day("06-15"));
    await shop.use({ at: "06-05", quantity: 150 });
    await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    await shop.use({ at: "06-14", quantity: 20 }, { at: "06-15", quantity: 3 });
    await shop.advanceTo(day("07-01"));
    const [, canceled] = await shop.invoices(id);
    expect(short(canceled)).toEqual(["USAGE API calls: 150 = 100"]);
    const [, next] = await shop.invoices(other.id);
    expect(short(next)).toEqual([
      "ITEM Base fee: 1 = 5000",
      "ADJUSTMENT Usage of an earlier period, billed late: API calls: 20 = 40",
    ]);
  });
});

describe("usage that was voided after it was billed", () => {
  const voided = (...ids: string[]) =>
    shop.read(
      `mutation ($input: VoidUsageEventsInput!) { voidUsageEvents(input: $input) { voided userErrors { message } } }`,
      { input: { events: ids.map((id) => ({ id })) } },
    );

  it("is given back by the next invoice, no more than was billed", async () => {
    const { id } = await subscribed();
    await shop.setNow(day("06-30"));
    const [many = "", few = ""] = await shop.use(
      { at: "06-05", quantity: 300 },
      { at: "06-06", quantity: 50 },
    );
    await shop.advanceTo(day("07-02"));
    await voided(few);
    await shop.advanceTo(day("08-02"));
    await voided(many);
    await shop.advanceTo(day("10-02"));
    const [, july, august, september, october] = (await shop.invoices(id)).map(short);
    const base = "ITEM Base fee: 1 = 5000";
    const none = "USAGE API calls: 0 = 0";
    expect(july).toEqual([base, "USAGE API calls: 350 = 500"]);
    expect(august).toEqual([
      base,
      none,
      "ADJUSTMENT Usage of an earlier period, given back: API calls: 50 = -100",
    ]);
    expect(september).toEqual([
      base,
      none,
      "ADJUSTMENT Usage of an earlier period, given back: API calls: 300 = -400",
    ]);
    expect(october).toEqual([base, none]);
  });

  it("is given back after discounts and credit notes", async () => {
    shop = await openMeteredShop(api);
    await shop.insert("Discount", {
      code: "HALF",
      type: "PERCENTAGE",
      value: 50 as never,
      duration: "REPEATING",
      durationCycles: 2,
    });
    const { id } = await shop.subscribe({
      items: [item(await shop.basePrice()), item(await shop.meteredPrice())],
      discountCode: "HALF",
    });
    await shop.setNow(day("06-30"));
    const [event = ""] = await shop.use({ at: "06-05", quantity: 300 });
    await shop.advanceTo(day("07-02"));
    await voided(event);
    await shop.advanceTo(day("08-02"));
    const [, july, august] = await shop.invoices(id);
    // 200 × 2, of which half was paid
    expect(july.total.amount).toBe(2700);
    expect(short(august)[2]).toBe("ADJUSTMENT Usage of an earlier period, given back: API calls: 300 = -200");
  });

  it("long ago is given back all the same", async () => {
    const { id } = await subscribed({ ...graduated, billZeroUsage: false });
    await shop.setNow(day("06-30"));
    const [event = ""] = await shop.use({ at: "06-05", quantity: 300 });
    await shop.advanceTo("2027-01-02T00:00:00.000Z");
    await voided(event);
    await shop.advanceTo("2027-03-02T00:00:00.000Z");
    const invoices = (await shop.invoices(id)).map(short);
    expect(invoices.flat().filter((line) => line.startsWith("ADJUSTMENT"))).toEqual([
      "ADJUSTMENT Usage of an earlier period, given back: API calls: 300 = -400",
    ]);
  });
});

describe("a change within a period", () => {
  const update = (input: object) => shop.mutate("updateSubscriptionItem", input);

  it("of the price bills what was used until then at the old one, and goes on from there", async () => {
    const { id, itemId } = await subscribed();
    const dearer = await shop.meteredPrice({
      ...graduated,
      tiers: [
        { upTo: "100", unitAmount: "0", flatAmount: null },
        { upTo: "1000", unitAmount: "4", flatAmount: null },
        { upTo: null, unitAmount: "3", flatAmount: null },
      ] as never,
    });
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 500 });
    const { userErrors } = await update({ subscriptionId: id, itemId, price: { id: dearer } });
    expect(userErrors).toEqual([]);
    await shop.setNow(day("06-21"));
    await shop.use({ at: "06-20", quantity: 600 }, { at: "06-10", quantity: 10 });
    await shop.advanceTo(day("07-01"));
    const [, july] = await shop.invoices(id);
    expect(short(july)).toEqual([
      "ITEM Base fee: 1 = 5000",
      // 410 × 2; then 490 × 4 up to 1,000 and 110 × 3
      "USAGE API calls: 510 = 820",
      "USAGE API calls: 600 = 2290",
    ]);
    expect(july.lines.nodes.slice(1).map(({ period }: any) => period)).toEqual([
      { start: day("06-01"), end: day("06-11") },
      { start: day("06-11"), end: day("07-01") },
    ]);
    expect(
      july.lines.nodes[2].breakdown.map(({ quantity, amount }: any) => [quantity, amount.amount]),
    ).toEqual([
      ["490", 1960],
      ["110", 330],
    ]);
    // What comes late for the first part moves the second one up.
    await shop.use({ at: "06-09", quantity: 10 });
    await shop.advanceTo(day("08-01"));
    const [, , august] = await shop.invoices(id);
    expect(short(august).slice(2)).toEqual([
      "ADJUSTMENT Usage of an earlier period, billed late: API calls: 10 = 20",
      "ADJUSTMENT Usage of an earlier period, given back: API calls: 0 = -10",
    ]);
  });

  it("to the same tiers changes no amount", async () => {
    const { id, itemId } = await subscribed();
    const same = await shop.meteredPrice();
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 950 });
    await update({ subscriptionId: id, itemId, price: { id: same } });
    await shop.setNow(day("06-21"));
    await shop.use({ at: "06-20", quantity: 100 });
    await shop.advanceTo(day("07-01"));
    const [, july] = await shop.invoices(id);
    expect(short(july).slice(1)).toEqual(["USAGE API calls: 950 = 1700", "USAGE API calls: 100 = 150"]);
  });

  it("that removes or adds an item bills each for its part", async () => {
    const { id, itemId } = await subscribed();
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 200 });
    await shop.mutate("removeSubscriptionItem", { subscriptionId: id, itemId });
    await shop.setNow(day("06-13"));
    await shop.use({ at: "06-12", quantity: 400 });
    await shop.mutate("addSubscriptionItem", { subscriptionId: id, item: item(await shop.meteredPrice()) });
    await shop.setNow(day("06-21"));
    await shop.use({ at: "06-20", quantity: 150 });
    await shop.advanceTo(day("08-01"));
    const [, july, august] = await shop.invoices(id);
    expect(short(july).slice(1).toSorted()).toEqual([
      "USAGE API calls: 150 = 100",
      "USAGE API calls: 200 = 200",
    ]);
    expect(short(august)).toEqual(["ITEM Base fee: 1 = 5000", "USAGE API calls: 0 = 0"]);
  });

  it("of the interval bills what was used at once", async () => {
    shop = await openMeteredShop(api);
    const { id } = await shop.subscribe({ items: [item(await shop.meteredPrice())] });
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 200 });
    const yearly = await shop.meteredPrice({ ...graduated, interval: "YEAR" });
    const { invoice, userErrors } = await shop.mutate("changeSubscriptionPlan", {
      subscriptionId: id,
      price: { id: yearly },
    });
    expect(userErrors).toEqual([]);
    expect(short(invoice)).toEqual(["undefined API calls: 200 = 200"]);
    await shop.setNow(day("06-13"));
    await shop.use({ at: "06-12", quantity: 150 });
    await shop.advanceTo("2027-06-11T00:00:00.000Z");
    const invoices = await shop.invoices(id);
    expect(short(invoices.at(-1))).toEqual(["USAGE API calls: 150 = 100"]);
  });
});

describe("the end of a subscription", () => {
  it("bills what was used until then, now or at the end of the period", async () => {
    const { id } = await subscribed();
    await shop.setNow(day("06-16"));
    await shop.use({ at: "06-05", quantity: 200 });
    const { subscription, invoice } = await shop.mutate("cancelSubscription", {
      subscriptionId: id,
      mode: "NOW",
    });
    expect(subscription.status).toBe("CANCELED");
    expect(invoice.lines.nodes).toMatchObject([
      { description: "API calls", quantity: "200", amount: { amount: 200 }, period: { end: day("06-16") } },
    ]);
    const other = await subscribed();
    await shop.setNow(day("06-16"));
    await shop.use({ at: "06-05", quantity: 200 });
    await shop.mutate("cancelSubscription", { subscriptionId: other.id, mode: "PERIOD_END" });
    await shop.use({ at: "06-15", quantity: 200 });
    await shop.advanceTo(day("07-05"));
    expect((await shop.invoices(other.id)).map(short)).toEqual([
      ["ITEM Base fee: 1 = 5000"],
      ["USAGE API calls: 400 = 600"],
    ]);
  });

  it("that is taken back bills the whole period, less what was billed", async () => {
    const { id } = await subscribed();
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 950 });
    await shop.mutate("cancelSubscription", { subscriptionId: id, mode: "NOW" });
    await shop.setNow(day("06-21"));
    const { userErrors } = await shop.mutate("reactivateSubscription", { subscriptionId: id });
    expect(userErrors).toEqual([]);
    await shop.use({ at: "06-12", quantity: 50 }, { at: "06-20", quantity: 100 });
    await shop.advanceTo(day("08-01"));
    expect((await shop.invoices(id)).map(short)).toEqual([
      ["ITEM Base fee: 1 = 5000"],
      ["USAGE API calls: 950 = 1700"],
      ["ITEM Base fee: 1 = 5000", "USAGE API calls: 150 = 200"],
      ["ITEM Base fee: 1 = 5000", "USAGE API calls: 0 = 0"],
    ]);
  });
});

describe("a trial", () => {
  it("is not billed for what is used in it", async () => {
    shop = await openMeteredShop(api);
    const { id } = await shop.subscribe({ items: [item(await shop.meteredPrice())], trialDays: 14 });
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-05", quantity: 950 });
    await shop.advanceTo(day("06-20"));
    await shop.use({ at: "06-17", quantity: 150 }, { at: "06-12", quantity: 9 });
    await shop.advanceTo(day("08-20"));
    expect((await shop.invoices(id)).map(short)).toEqual([
      ["USAGE API calls: 150 = 100"],
      ["USAGE API calls: 0 = 0"],
    ]);
  });
});

describe("a price by a meter", () => {
  const billed = async (price: object, ...events: Parameters<MeteredShop["use"]>) => {
    shop = await openMeteredShop(api);
    const { id } = await shop.subscribe({ items: [item(await shop.meteredPrice(price as never))] });
    await shop.setNow(day("06-30"));
    if (events.length) await shop.use(...events);
    await shop.advanceTo(day("07-01"));
    return (await shop.invoices(id)).map(short);
  };

  it.each([
    ["per unit", { unitAmount: "0.25" }, "10", "USAGE API calls: 10 = 3"],
    ["volume", { ...graduated, tiersMode: "VOLUME" }, "200", "USAGE API calls: 200 = 400"],
    [
      "package",
      { billingScheme: "PACKAGE", unitAmount: 15, packageSize: 10, packageRounding: "UP" },
      "21",
      "USAGE API calls: 21 = 45",
    ],
    [
      "percentage",
      { billingScheme: "PERCENTAGE", percentageBps: 290 },
      "10000",
      "USAGE API calls: 10000 = 290",
    ],
    ["minimum", { unitAmount: 1, spendingMinimum: 500n }, "20", "USAGE API calls: 20 = 500"],
  ])("%s", async (_name, price, quantity, line) => {
    expect(await billed(price, { at: "06-05", quantity })).toEqual([[line]]);
  });

  it("without usage has a line, or none, as it says", async () => {
    expect(await billed(graduated)).toEqual([["USAGE API calls: 0 = 0"]]);
    expect(await billed({ ...graduated, billZeroUsage: false })).toEqual([]);
    expect(await billed({ unitAmount: 1, billZeroUsage: false, spendingMinimum: 500n })).toEqual([
      ["USAGE API calls: 0 = 500"],
    ]);
  });
});

describe("several prices of one meter", () => {
  const filter = (...values: string[]) => [{ property: "region", operator: "IN", values }];

  it("count each event once: by the most conditions, then the priority, and the rest without a filter", async () => {
    shop = await openMeteredShop(api);
    const sizes = [...filter("eu"), { property: "size", operator: "GT", values: ["10"] }];
    const prices = [
      await shop.meteredPrice({ unitAmount: 1 as never }),
      await shop.meteredPrice({ unitAmount: 2 as never, usageFilter: filter("eu", "us") as never }),
      await shop.meteredPrice({
        unitAmount: 3 as never,
        usageFilter: filter("us") as never,
        filterPriority: 1,
      }),
      await shop.meteredPrice({ unitAmount: 4 as never, usageFilter: sizes as never }),
    ];
    const { id } = await shop.subscribe({ items: prices.map(item) });
    await shop.setNow(day("06-20"));
    await shop.use(
      { at: "06-05", quantity: 1 },
      { at: "06-05", quantity: 10, properties: { region: "eu" } },
      { at: "06-05", quantity: 100, properties: { region: "us", size: 50 } },
      { at: "06-05", quantity: 1000, properties: { region: "eu", size: 11 } },
      { at: "06-05", quantity: 5, properties: { region: "ap" } },
    );
    await shop.advanceTo(day("07-01"));
    const [july] = await shop.invoices(id);
    expect(short(july)).toEqual([
      "USAGE API calls: 6 = 6",
      "USAGE API calls: 10 = 20",
      "USAGE API calls: 100 = 300",
      "USAGE API calls: 1000 = 4000",
    ]);
  });
});

describe("two subscriptions of a customer by one meter", () => {
  it("never bill an event twice: what names no subscription is the first one's, while it lasts", async () => {
    shop = await openMeteredShop(api);
    const price = await shop.meteredPrice({ unitAmount: 1 as never });
    const first = await shop.subscribe({ items: [item(price)] });
    await shop.setNow("2026-06-01T00:00:01.000Z");
    const second = await shop.subscribe({ items: [item(price)], billingAnchorDay: 1 });
    await shop.setNow(day("06-16"));
    await shop.use(
      { at: "06-05", quantity: 1 },
      { at: "06-05", quantity: 10, subscriptionId: first.id },
      { at: "06-05", quantity: 100, subscriptionId: second.id },
    );
    await shop.mutate("cancelSubscription", { subscriptionId: first.id, mode: "NOW" });
    await shop.setNow(day("06-21"));
    await shop.use({ at: "06-20", quantity: 1000 });
    await shop.advanceTo(day("07-02"));
    expect((await shop.invoices(first.id)).map(short)).toEqual([["USAGE API calls: 11 = 11"]]);
    expect((await shop.invoices(second.id)).map(short)).toEqual([["USAGE API calls: 1100 = 1100"]]);
  });
});

describe("figures that do not add up", () => {
  it("count for their part of the time where the price changes within a period", async () => {
    shop = await openMeteredShop(api, { aggregation: "LAST" });
    const [cheap, dear] = [
      await shop.meteredPrice({ unitAmount: 30 as never }),
      await shop.meteredPrice({ unitAmount: 60 as never }),
    ];
    const { id } = await shop.subscribe({ items: [item(cheap)] });
    await shop.setNow(day("06-11"));
    await shop.use({ at: "06-02", quantity: 9 }, { at: "06-05", quantity: 3 });
    await shop.mutate("changeSubscriptionPlan", { subscriptionId: id, price: { id: dear } });
    await shop.setNow(day("06-21"));
    await shop.use({ at: "06-20", quantity: 2 });
    await shop.advanceTo(day("07-01"));
    const [july] = await shop.invoices(id);
    // 3 × 30 for 10 of 30 days, 2 × 60 for 20 of 30 days
    expect(short(july)).toEqual(["USAGE API calls: 3 = 30", "USAGE API calls: 2 = 80"]);
  });
});
