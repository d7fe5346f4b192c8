import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const prorationMode = "NONE";

describe("with NONE the rest of the period keeps its price", () => {
  /** A year at 120000 since January, from June on a month at 10000 with NONE. */
  const yearThenMonth = async (): Promise<string> => {
    shop = await openMoneyShop(api, "01-01");
    const id = await shop.sell([await shop.price(120_000, { interval: "YEAR" })]);
    await shop.goTo("06-01");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(10_000) }, prorationMode });
    return id;
  };

  test("also when the quantity changes after that", async () => {
    const id = await yearThenMonth();
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // Another 214 of 365 days at 120000: 70356.16.
    expect(await shop.books()).toMatchObject({ paid: 190_356, owes: 0, balance: 0 });
    await shop.goTo("2027-01-01");
    expect(await shop.costs()).toBe(210_356);
    await shop.goTo("2027-02-01");
    expect(await shop.costs()).toBe(230_356);
  });

  test("also when it is canceled after that", async () => {
    const id = await yearThenMonth();
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    // 151 of 365 days at 120000 are used.
    expect(await shop.costs()).toBe(49_644);
  });

  test("of a month, whose second unit costs as much as the first one", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(6000) }, prorationMode });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect(await shop.costs()).toBe(4500);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(16_500);
  });

  test("and what is canceled with proration goes back at that price", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(6000) }, prorationMode });
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(2000);
  });

  test("and a quantity keeps until the end of it", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "5", prorationMode });
    await shop.goTo("06-21");
    // At once: another price for the quantity that is billed in June.
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(6000) } });
    expect(await shop.costs()).toBe(4000);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(34_000);
  });

  test("and the change back at the same instant changes nothing", async () => {
    const [small, large] = [await shop.price(3000), await shop.price(6000)];
    const id = await shop.sell([small]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { price: { id: large }, prorationMode });
    await shop.act("changeSubscriptionPlan", id, { price: { id: small }, prorationMode });
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(6000);
  });

  test("in arrears, too", async () => {
    const later = { payInAdvance: false };
    const id = await shop.sell([await shop.price(3000, later)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(6000, later) },
      prorationMode,
    });
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(9000);
  });

  test("of an item that is added: it is free until the period ends, and when it is removed it stays paid", async () => {
    const id = await shop.sell([await shop.price(3000), await shop.price(900)]);
    const [, gone] = (await shop.state(id)).items.nodes;
    await shop.goTo("06-11");
    await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(600) } },
      prorationMode,
    });
    await shop.act("removeSubscriptionItem", id, { itemId: gone?.id, prorationMode });
    await shop.goTo("06-21");
    expect(await shop.costs()).toBe(3900);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(7500);
  });

  test("by a meter, with its minimum", async () => {
    const used = (values: object) => shop.meteredPrice({ unitAmount: 10 as never, ...values });
    const id = await shop.sell([await used({ spendingMinimum: 3000n })]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await used({ unitAmount: 7 as never }) },
      prorationMode,
    });
    await shop.goTo("06-26");
    await shop.use({ at: "06-05", quantity: 100 }, { at: "06-25", quantity: 300 });
    await shop.goTo("07-01");
    // 400 units at 10.
    expect(await shop.costs()).toBe(4000);
    await shop.goTo("07-11");
    await shop.use({ at: "07-05", quantity: 100 });
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(4700);
  });
});

describe("what NONE put off to the end of the period, where that comes earlier,", () => {
  test("holds from a restart at another interval on", async () => {
    const id = await shop.sell([await shop.price(1000, { interval: "WEEK" })]);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "9", prorationMode });
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(3000) } });
    // The week has not been used.
    expect(await shop.costs()).toBe(27_000);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(54_000);
  });

  test.each(["changeSubscriptionPlan", "updateSubscriptionItem"])(
    "holds for items that were added for the interval to come, when %s begins it at once",
    async (name) => {
      const id = await shop.sell([await shop.price(3000)]);
      const [first] = (await shop.state(id)).items.nodes;
      const weekly = (amount: number) => shop.price(amount, { interval: "WEEK" });
      await shop.act("changeSubscriptionPlan", id, { price: { id: await weekly(700) }, prorationMode });
      await shop.act("addSubscriptionItem", id, { item: { price: { id: await weekly(70) } } });
      await shop.act(name, id, { itemId: first?.id, price: { id: await weekly(1000) } });
      expect((await shop.state(id)).items.nodes).toHaveLength(2);
      expect(await shop.costs()).toBe(1070);
      expect((await shop.state(id)).currentPeriod.end).toBe(on("06-08"));
      await shop.goTo("06-08");
      expect(await shop.costs()).toBe(2140);
    },
  );

  test("does not keep an item that was removed beyond a restart", async () => {
    const id = await shop.sell([await shop.price(3000), await shop.price(900)]);
    const [, gone] = (await shop.state(id)).items.nodes;
    await shop.act("removeSubscriptionItem", id, { itemId: gone?.id, prorationMode });
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(36_500, { interval: "YEAR" }) },
    });
    expect(await shop.costs()).toBe(36_500);
  });

  test("bills the share of a minimum until a cancellation", async () => {
    const id = await shop.sell([
      await shop.meteredPrice({ unitAmount: 10 as never, spendingMinimum: 3000n }),
    ]);
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.meteredPrice({ unitAmount: 7 as never }) },
      prorationMode,
    });
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    expect(await shop.costs()).toBe(1000);
  });

  test("splits the usage of a pause from what is collected", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.meteredPrice({ unitAmount: 7 as never }) },
      prorationMode,
    });
    await shop.goTo("06-11");
    await shop.act("pauseSubscription", id, { behavior: "VOID" });
    await shop.goTo("06-30");
    await shop.use({ at: "06-05", quantity: 100 }, { at: "06-25", quantity: 300 });
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(1000);
  });
});

describe("with NONE the day on which it is billed stays", () => {
  /** Billed on the last day of each month since 31 January, in April, which has 30. */
  const inApril = async (): Promise<string> => {
    shop = await openMoneyShop(api, "01-31");
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("04-15");
    expect((await shop.state(id)).currentPeriod.end).toBe(on("04-30"));
    return id;
  };

  test.each([
    ["another monthly price", { unitAmount: "4000" as never }, "05-31"],
    ["a quarter", { intervalCount: 3 }, "07-31"],
    ["two months", { intervalCount: 2 }, "06-30"],
  ])("the 31st, from a month to %s", async (_what, values, end) => {
    const id = await inApril();
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(6000, values) },
      prorationMode,
    });
    await shop.goTo("04-30");
    expect((await shop.state(id)).currentPeriod).toEqual({ start: on("04-30"), end: on(end) });
  });

  test("the 31st, by way of a change in the shorter month, comes back to the 31st", async () => {
    const id = await inApril();
    const two = await shop.price(6000, { intervalCount: 2 });
    await shop.act("changeSubscriptionPlan", id, { price: { id: two }, prorationMode });
    await shop.goTo("07-01");
    expect((await shop.state(id)).currentPeriod).toEqual({ start: on("06-30"), end: on("08-31") });
    // January's, February's and March's month, and two times two months.
    expect(await shop.costs()).toBe(9000 + 12_000);
  });
});
