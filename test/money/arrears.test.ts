import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const later = { payInAdvance: false };

describe("a change of interval bills what was used in arrears until then", () => {
  test("beside a year in advance", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(30_000, { interval: "YEAR" }) },
    });
    // Half of June, and a year from 16 June on.
    expect(await shop.costs()).toBe(31_500);
    expect(await shop.costsAt("07-01", "2027-06-15", "2027-06-16")).toEqual([31_500, 31_500, 61_500]);
  });

  test("and leaves a year in arrears to its end", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-16");
    const yearly = await shop.price(30_000, { interval: "YEAR", ...later });
    await shop.act("changeSubscriptionPlan", id, { price: { id: yearly } });
    expect(await shop.costsAt("06-17", "2027-06-15", "2027-06-16")).toEqual([1500, 1500, 31_500]);
  });

  test("from a month in advance to a year in arrears gives back what is left of the month", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-16");
    const yearly = await shop.price(30_000, { interval: "YEAR", ...later });
    await shop.act("changeSubscriptionPlan", id, { price: { id: yearly } });
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 1500 });
  });

  test("with NONE bills all of the month when it is over", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(30_000, { interval: "YEAR" }) },
      prorationMode: "NONE",
    });
    expect(await shop.costsAt("06-17", "07-01", "08-01")).toEqual([0, 33_000, 33_000]);
  });
});

describe("time in arrears is billed once, whatever ended it", () => {
  test("canceled on 21 June and reactivated at once", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(await shop.costs()).toBe(2000);
    expect(await shop.costsAt("07-01", "08-01")).toEqual([3000, 6000]);
  });

  test("canceled and reactivated twice", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    const costs: number[] = [];
    for (const day of ["06-11", "06-21"]) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo(day);
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("cancelSubscription", id, { mode: "NOW" });
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("reactivateSubscription", id);
      // oxlint-disable-next-line no-await-in-loop
      costs.push(await shop.costs());
    }
    expect(costs).toEqual([1000, 2000]);
    expect(await shop.costsAt("07-01")).toEqual([3000]);
  });

  test("without the days between a cancellation and a reactivation", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.goTo("06-26");
    await shop.act("reactivateSubscription", id);
    // 20 days and 5 days.
    expect(await shop.costsAt("07-01")).toEqual([2500]);
  });

  test("also what was used by a meter before and after", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-21");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.goTo("06-26");
    await shop.act("reactivateSubscription", id);
    await shop.goTo("06-29");
    // What is used while it is canceled is used all the same.
    await shop.use({ at: "06-23", quantity: 10 }, { at: "06-28", quantity: 5 });
    expect(await shop.costsAt("06-30", "07-01", "08-01")).toEqual([400, 550, 550]);
  });

  test("at the terms of each part of the period", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    // 1000 + 2000, and 3000 for the last ten days.
    expect(await shop.costsAt("06-22", "07-01")).toEqual([3000, 6000]);
  });

  test("removed in the middle of the period, beside an item that stays", async () => {
    const id = await shop.sell([await shop.price(900), await shop.price(3000, later)]);
    const [, gone] = (await shop.state(id)).items.nodes;
    await shop.goTo("06-11");
    await shop.act("removeSubscriptionItem", id, { itemId: gone?.id });
    expect(await shop.costsAt("07-01", "08-01")).toEqual([900 + 1000 + 900, 3700]);
  });
});

describe("a short first period of a price in arrears costs what its start rule says", () => {
  // From 1 to 15 June: 14 of the 31 days from 15 May to 15 June.
  test.each([
    ["IMMEDIATE", 3000],
    ["PRORATE", 1355],
    ["NEXT_ANCHOR", 0],
  ] as const)("%s: %i", async (startRule, first) => {
    await shop.sell([await shop.price(3000, { ...later, startRule })], { billingAnchorDay: 15 });
    expect(await shop.costsAt("06-14", "06-15", "07-15")).toEqual([0, first, first + 3000]);
  });

  // A second unit for the second week of the two.
  test.each([
    ["IMMEDIATE", 4500],
    ["PRORATE", 2032],
    ["NEXT_ANCHOR", 0],
  ] as const)("%s: %i with a second unit for half of it", async (startRule, first) => {
    const id = await shop.sell([await shop.price(3000, { ...later, startRule })], { billingAnchorDay: 15 });
    await shop.goTo("06-08");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // PRORATE: 7/31 of 3000 and of 6000, 677.4 and 1354.8, each rounded.
    expect(await shop.costsAt("06-15")).toEqual([first]);
  });

  test.each([
    ["IMMEDIATE", 1500],
    ["PRORATE", 677],
    ["NEXT_ANCHOR", 0],
  ] as const)("%s: %i when it is canceled after half of it", async (startRule, first) => {
    const id = await shop.sell([await shop.price(3000, { ...later, startRule })], { billingAnchorDay: 15 });
    await shop.goTo("06-08");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    expect(await shop.costs()).toBe(first);
  });
});

describe("time for which nobody paid is not billed", () => {
  /** June is paid, and everything since is declined: UNPAID from 8 July on, until 20 September. */
  const unpaidUntilSeptember = async (): Promise<void> => {
    await shop.cardWill("decline");
    await shop.goTo("09-20");
    await shop.cardWill("succeed");
    for (const { id } of await shop.open()) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.pay(id);
    }
  };

  test("in arrears", async () => {
    const id = await shop.sell([await shop.price(3000, later)]);
    await unpaidUntilSeptember();
    expect((await shop.state(id)).status).toBe("ACTIVE");
    // June, a week of July (7/31 are 677), and 11 of the 30 days of September.
    expect(await shop.costsAt("09-20", "10-01", "11-01")).toEqual([3677, 4777, 7777]);
  });

  test("in arrears, when it is paid within the same month", async () => {
    await shop.sell([await shop.price(3000, later)]);
    await shop.cardWill("decline");
    await shop.goTo("07-20");
    await shop.cardWill("succeed");
    await shop.pay((await shop.open())[0]?.id ?? "");
    // June, and July without the days from the 8th to the 20th: 7/31 are 677, and 12/31 are 1161.
    expect(await shop.costsAt("07-31", "08-01")).toEqual([3000, 4838]);
  });

  test("in advance", async () => {
    await shop.sell([await shop.price(3000)]);
    await unpaidUntilSeptember();
    // June and July, 11 days of September, and October.
    expect(await shop.costsAt("09-20", "10-01")).toEqual([7100, 10_100]);
  });

  test("by usage", async () => {
    await shop.sell([await shop.price(3000), await shop.meteredPrice({ unitAmount: 10 as never })]);
    await unpaidUntilSeptember();
    await shop.use({ at: "07-03", quantity: 50 }, { at: "08-10", quantity: 70 });
    await shop.goTo("09-29");
    await shop.use({ at: "09-25", quantity: 20 });
    // As in advance, and 50 + 20 units: those of August were used while it was unpaid.
    expect(await shop.costsAt("10-01")).toEqual([10_100 + 700]);
  });

  test.each([
    ["usage", async () => shop.meteredPrice({ unitAmount: 10 as never }), 500],
    ["a price in arrears", async () => shop.price(3000, later), 677],
  ])("but %s until dunning cancels it is", async (_what, price, used) => {
    await shop.done("updateBillingSettings", { autoCancelUnpaid: true });
    const id = await shop.sell([await shop.price(3000), await price()]);
    await shop.goTo("06-30");
    const june = used === 677 ? 3000 : 0;
    await shop.cardWill("decline");
    await shop.goTo("07-04");
    await shop.use({ at: "07-03", quantity: 50 });
    await shop.goTo("07-09");
    expect((await shop.state(id)).status).toBe("CANCELED");
    // June is paid. July in advance is owed, and what was used in its first week.
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: june + 3000 + used, balance: 0 });
  });
});
