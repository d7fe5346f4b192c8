import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

describe("a trial until 15 June that ends on another day takes the anchor with it", () => {
  test.each([
    ["one day earlier", "06-14", "07-14"],
    ["five days later", "06-20", "07-20"],
    ["in the next month", "07-03", "08-03"],
  ])("%s", async (_what, end, next) => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.goTo("06-05");
    await shop.act("updateSubscription", id, { trialEnd: on(end) });
    await shop.goTo(end);
    // One whole month, whatever the old day was.
    expect((await shop.state(id)).currentPeriod).toEqual({ start: on(end), end: on(next) });
    expect(await shop.costsAt(end, "07-04", next)).toEqual([3000, 3000, 6000]);
  });

  test("in a year, too", async () => {
    const id = await shop.sell([await shop.price(30_000, { interval: "YEAR" })], { trialDays: 14 });
    await shop.act("updateSubscription", id, { trialEnd: on("06-14") });
    expect(await shop.costsAt("06-14", "06-16", "2027-06-13", "2027-06-14")).toEqual([
      30_000, 30_000, 30_000, 60_000,
    ]);
  });

  test.each([
    // From 14 to 15 June is one of the 31 days since 15 May: 96.77.
    ["PRORATE", 97],
    ["IMMEDIATE", 3000],
    ["NEXT_ANCHOR", 0],
  ] as const)("but for a day that was asked for, with %s", async (startRule, first) => {
    const id = await shop.sell([await shop.price(3000, { startRule })], {
      trialDays: 14,
      billingAnchorDay: 15,
    });
    await shop.act("updateSubscription", id, { trialEnd: on("06-14") });
    expect(await shop.costsAt("06-14", "06-15", "07-15")).toEqual([first, first + 3000, first + 6000]);
  });

  test("and one that is asked for with it counts", async () => {
    const id = await shop.sell([await shop.price(3000, { startRule: "PRORATE" })], { trialDays: 14 });
    await shop.act("updateSubscription", id, { trialEnd: on("06-21"), billingAnchorDay: 1 });
    expect(await shop.costsAt("06-21", "07-01", "08-01")).toEqual([1000, 4000, 7000]);
  });
});

describe("another anchor day counts from the next period on", () => {
  test("in arrears June stays whole", async () => {
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })]);
    await shop.goTo("06-10");
    await shop.act("updateSubscription", id, { billingAnchorDay: 15 });
    // Then 14 of the 30 days from 15 June to 15 July, and whole months.
    expect(await shop.costsAt("07-01", "07-15", "08-15")).toEqual([3000, 4400, 7400]);
  });

  test("in advance a change in June counts June's days", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-10");
    await shop.act("updateSubscription", id, { billingAnchorDay: 15 });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect(await shop.costsAt("06-16", "07-01", "07-15")).toEqual([4500, 7300, 13_300]);
  });

  test("a second unit in the short period costs its share of it", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-10");
    await shop.act("updateSubscription", id, { billingAnchorDay: 15 });
    await shop.goTo("07-08");
    const before = await shop.costs();
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // 14/30 of 3000 for 1 to 15 July, and 7/30 for the second unit.
    expect([before, await shop.costs()]).toEqual([4400, 5100]);
    expect(await shop.costsAt("07-15")).toEqual([11_100]);
  });

  test("usage in arrears is billed once", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-10");
    await shop.act("updateSubscription", id, { billingAnchorDay: 15 });
    await shop.goTo("07-10");
    await shop.use({ at: "06-20", quantity: 5 }, { at: "07-05", quantity: 7 });
    await shop.goTo("08-15");
    expect(await shop.costs()).toBe(120);
  });
});

describe("a short first period in advance costs what its start rule says", () => {
  // From 1 to 15 June: 14 of the 31 days since 15 May.
  const short = async (startRule: "IMMEDIATE" | "PRORATE" | "NEXT_ANCHOR"): Promise<string> =>
    shop.sell([await shop.price(3000, { startRule })], { billingAnchorDay: 15 });

  test.each([
    ["IMMEDIATE", 3000, 4500],
    ["PRORATE", 1355, 2033],
    ["NEXT_ANCHOR", 0, 0],
  ] as const)("%s: %i, and %i with a second unit for half of it", async (startRule, first, changed) => {
    const id = await short(startRule);
    await shop.goTo("06-08");
    expect(await shop.costs()).toBe(first);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // IMMEDIATE: the second unit costs 3000 for all of it, and half of that. PRORATE: both cost 1355 for the week, and of
    // the first 1355 half go back, of which half a cent stays.
    expect(await shop.costsAt("06-08", "06-15")).toEqual([changed, changed + 6000]);
  });

  test.each([
    ["IMMEDIATE", 1500],
    ["PRORATE", 678],
    ["NEXT_ANCHOR", 0],
  ] as const)("%s: %i when it is canceled after half of it", async (startRule, costs) => {
    const id = await short(startRule);
    await shop.goTo("06-08");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    // PRORATE: half of 1355 goes back, half a cent stays: 677.
    expect(await shop.costs()).toBe(costs);
  });
});

test("another day of the month before the start makes the first period anew", async () => {
  const id = await shop.sell([await shop.price(3000)], { startDate: on("06-06"), billingAnchorDay: 10 });
  await shop.act("updateSubscription", id, { billingAnchorDay: 20 });
  await shop.goTo("06-07");
  expect((await shop.state(id)).currentPeriod).toEqual({ start: on("06-06"), end: on("06-20") });
  expect(await shop.costsAt("06-08", "06-20", "07-20")).toEqual([3000, 6000, 9000]);
});

describe("a trial", () => {
  test("costs nothing when it is canceled or changed, and usage in it is free", async () => {
    const metered = await shop.meteredPrice({ unitAmount: 10 as never });
    const id = await shop.sell([await shop.price(3000), metered], { trialDays: 14 });
    const [first] = (await shop.state(id)).items.nodes;
    await shop.goTo("06-10");
    await shop.use({ at: "06-05", quantity: 100 });
    await shop.act("changeSubscriptionQuantity", id, { itemId: first?.id, quantity: "2" });
    expect(await shop.costsAt("06-14", "06-15", "07-15")).toEqual([0, 6000, 12_000]);
  });

  test("is free up to its end when it is made longer, in arrears, too", async () => {
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })], { trialDays: 14 });
    await shop.goTo("06-10");
    await shop.act("updateSubscription", id, { trialEnd: on("06-25") });
    expect(await shop.costsAt("06-25", "07-24", "07-25")).toEqual([0, 0, 3000]);
  });

  test("costs nothing when it is canceled now with proration, or at its end", async () => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    const other = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.goTo("06-10");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    await shop.act("cancelSubscription", other, { mode: "PERIOD_END" });
    expect(await shop.costsAt("08-01")).toEqual([0]);
  });

  test("in which the interval changes is followed by the period that a new subscription would have", async () => {
    const yearly = await shop.price(36_500, { interval: "YEAR" });
    const input = { trialDays: 14, billingAnchorDay: 1 };
    const changed = await shop.sell([await shop.price(3000)], input);
    const other = await shop.sell([yearly], input);
    await shop.act("changeSubscriptionPlan", changed, { price: { id: yearly } });
    await shop.goTo("06-16");
    expect((await shop.state(changed)).currentPeriod).toEqual((await shop.state(other)).currentPeriod);
    expect((await shop.state(other)).currentPeriod).toEqual({ start: on("06-15"), end: on("07-01") });
  });

  test("that is canceled and reactivated is a trial again", async () => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.goTo("06-10");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect((await shop.state(id)).status).toBe("TRIALING");
    expect(await shop.costsAt("06-14", "06-15")).toEqual([0, 3000]);
  });
});
