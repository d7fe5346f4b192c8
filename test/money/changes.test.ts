import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runAt } from "../engine/support.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const modes = ["IMMEDIATE", "NEXT_INVOICE"] as const;

describe.each(modes)("a change in the middle of June, with %s", (prorationMode) => {
  test("and the change back at the same instant come to nothing", async () => {
    const id = await shop.sell([[await shop.price(3000), 3]]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "7", prorationMode });
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3", prorationMode });
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(18_000);
  });

  test("again and again costs each stretch of time at its own terms", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    for (const [day, quantity] of [
      ["06-06", "4"],
      ["06-11", "2"],
      ["06-21", "1"],
      ["06-26", "5"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo(day);
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("changeSubscriptionQuantity", id, { quantity, prorationMode });
    }
    await shop.goTo("07-01");
    // Days at 100: 5 × 1, 5 × 4, 10 × 2, 5 × 1, 5 × 5, which are 7500; July: 15000.
    expect(await shop.costs()).toBe(22_500);
  });

  test("of shares that do not divide is never off by more than the rounding of a stretch", async () => {
    const id = await shop.sell([await shop.price(1000)]);
    await shop.goTo("06-11T07:13:00Z");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(777) }, prorationMode });
    await shop.goTo("06-12T01:59:59Z");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(333) }, prorationMode });
    await shop.goTo("07-01");
    // 1000 × 0.343357 + 777 × 0.026076 + 333 × 0.630567 = 343.36 + 20.26 + 209.98; July: 333.
    const costs = await shop.costs();
    expect(Math.abs(costs - 333 - 573.6)).toBeLessThan(2);
  });

  test("of items that come and go", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    const { subscription } = await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(900) } },
      prorationMode,
    });
    await shop.goTo("06-21");
    const itemId = subscription.items.nodes[1]?.id;
    await shop.act("removeSubscriptionItem", id, { itemId, prorationMode });
    await shop.goTo("07-01");
    // 3000, and 900 for a third of June; July: 3000.
    expect(await shop.costs()).toBe(6300);
  });

  test("from a price in advance to one in arrears, and back", async () => {
    const [before, after] = [await shop.price(3000), await shop.price(6000, { payInAdvance: false })];
    const id = await shop.sell([before]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { price: { id: after }, prorationMode });
    await shop.goTo("06-21");
    await shop.act("changeSubscriptionPlan", id, { price: { id: before }, prorationMode });
    await shop.goTo("07-01");
    // Ten days at 100, ten at 200, ten at 100; July: 3000.
    expect(await shop.costs()).toBe(7000);
  });
});

describe.each(modes)("a price by tiers, with %s", (prorationMode) => {
  const tiers = [
    { upTo: "5", unitAmount: "200", flatAmount: null },
    { upTo: null, unitAmount: "100", flatAmount: null },
  ];
  test.each([
    // 5 units are 1000 and 11 are 1600: half of the 600 for June.
    ["GRADUATED", 1000 + 300 + 1600],
    // 5 units are 1000 and 11 are 1100: half of the 100 for June.
    ["VOLUME", 1000 + 50 + 1100],
  ] as const)("%s costs the tiers of each stretch of time: %i", async (tiersMode, costs) => {
    const price = await shop.price(0, { billingScheme: "TIERED", tiersMode, tiers });
    const id = await shop.sell([[price, 5]]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "11", prorationMode });
    expect(await shop.costsAt("07-01")).toEqual([costs]);
  });
});

describe("a minimum of a price", () => {
  const used = (values: object) => shop.meteredPrice({ unitAmount: 6 as never, ...values });

  /** A month with a minimum until 16 June and without one from then on, with what was used known late. */
  const lateUsage = async (...events: { at: string; quantity: number }[]): Promise<void> => {
    const id = await shop.sell([await used({ spendingMinimum: 3000n })]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await used({}) } });
    await shop.goTo("07-02");
    expect(await shop.costs()).toBe(1500);
    await shop.use(...events);
    await shop.goTo("08-01");
  };

  test("stands for its part of the month when an event of it comes late", async () => {
    await lateUsage({ at: "06-05", quantity: 1 });
    expect(await shop.costs()).toBe(1500);
  });

  test("is raised by what comes late and is more", async () => {
    await lateUsage({ at: "06-05", quantity: 300 });
    expect(await shop.costs()).toBe(1800);
  });

  test("is not touched by what comes late for the rest of the month", async () => {
    await lateUsage({ at: "06-20", quantity: 10 });
    expect(await shop.costs()).toBe(1560);
  });

  test("of usage that is billed as it comes stands for its part of the month", async () => {
    const early = { payInAdvance: true };
    const id = await shop.sell([await used({ spendingMinimum: 3000n, ...early })]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await used(early) } });
    await shop.goTo("06-20");
    await shop.use({ at: "06-05", quantity: 1 });
    await runAt(api.database, new Date());
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(1500);
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(1500);
  });

  test("is the least that units cost in advance, also for part of a period", async () => {
    const id = await shop.sell([await shop.price(500, { spendingMinimum: 3000n })]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "10" });
    // 3000 for the month; 5000 in place of 3000 for half of it.
    expect(await shop.costs()).toBe(4000);
  });
});

describe("a period that is counted in days", () => {
  beforeEach(() => shop.done("updateBillingSettings", { prorateByDay: true }));
  const start = { startDate: on("06-01T12:00:00Z") };

  test.each([
    // Of 30 days the one of the change and those after it belong to the new terms.
    ["06-16T18:00:00Z", 1500],
    ["06-30T18:00:00Z", 100],
    // The day on which it ends is none of its days.
    ["07-01T06:00:00Z", 0],
  ])("a second unit on %s costs %i", async (instant, costs) => {
    await shop.goTo("06-01T12:00:00Z");
    const id = await shop.sell([await shop.price(3000)], start);
    await shop.goTo(instant);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect(await shop.costs()).toBe(3000 + costs);
    await shop.goTo("07-02");
    expect(await shop.costs()).toBe(3000 + costs + 6000);
  });

  test.each([
    ["06-30T18:00:00Z", 100],
    ["07-01T06:00:00Z", 0],
  ])("changes and a cancellation on %s leave shares of no days at nothing", async (instant, rest) => {
    await shop.goTo("06-01T12:00:00Z");
    const id = await shop.sell([await shop.price(3000)], start);
    await shop.goTo(instant);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    expect(await shop.costs()).toBe(3000 + 2 * rest);
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(3000 - rest);
    await shop.act("reactivateSubscription", id);
    expect(await shop.costs()).toBe(3000 + 2 * rest);
  });

  test.each(["06-30T18:00:00Z", "07-01T06:00:00Z"])("a phase on %s lets the clock go on", async (instant) => {
    await shop.goTo("06-01T12:00:00Z");
    const [small, large] = [await shop.price(3000), await shop.price(6000)];
    const id = await shop.sell([small], start);
    await shop.done("createSubscriptionSchedule", {
      subscriptionId: id,
      endBehavior: "RELEASE",
      phases: [
        { items: [{ price: { id: small } }], endsAt: on(instant) },
        { items: [{ price: { id: large } }] },
      ],
    });
    await shop.goTo("08-02");
    const rest = instant.startsWith("06") ? 100 : 0;
    expect(await shop.costs()).toBe(3000 + rest + 12_000);
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });

  test("counts the days of the customer's calendar, also when clocks change", async () => {
    shop = await openMoneyShop(api, "02-28T23:00:00Z");
    await shop.done("updateBillingSettings", { prorateByDay: true });
    await shop.done("updateCustomer", { customer: { id: shop.customerId }, timezone: "Europe/Berlin" });
    const id = await shop.sell([await shop.price(3100)]);
    await shop.goTo("03-29T10:00:00Z");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // The 29th, on which clocks go forward, the 30th and the 31st.
    expect(await shop.costsAt("03-31T21:59:59Z", "03-31T22:00:00Z")).toEqual([3400, 9600]);
  });

  test("in arrears costs every day once, whichever day it was changed on", async () => {
    await shop.goTo("06-01T12:00:00Z");
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })], start);
    await shop.goTo("06-16T18:00:00Z");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    await shop.goTo("07-01T06:00:00Z");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "5" });
    await shop.goTo("07-02");
    expect(await shop.costs()).toBe(4500);
  });
});

describe("a change that bills nothing", () => {
  test.each([
    ["of a price in arrears", { payInAdvance: false }, {}],
    ["in a first period that costs nothing", { startRule: "NEXT_ANCHOR" as const }, { billingAnchorDay: 15 }],
  ])("%s makes no invoice", async (_what, price, input) => {
    const id = await shop.sell([await shop.price(3000, price)], input);
    await shop.goTo("06-08");
    const before = (await shop.all()).length;
    const { invoice } = await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect([invoice, (await shop.all()).length]).toEqual([null, before]);
  });

  test("to a year in arrears, before anything was used, makes no invoice", async () => {
    const later = { payInAdvance: false };
    const id = await shop.sell([await shop.price(3000, later)]);
    const yearly = await shop.price(30_000, { interval: "YEAR", ...later });
    await shop.act("changeSubscriptionPlan", id, { price: { id: yearly } });
    expect(await shop.all()).toEqual([]);
  });
});
