import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const modes = ["IMMEDIATE", "NEXT_INVOICE"] as const;

describe("a discount is taken off what is owed, and never off what is given back", () => {
  test.each([
    // Nothing was paid for the year, and the month costs nothing.
    ["100 per cent for ever", { value: "100" }, { paid: 0, balance: 0 }],
    // 9600 were paid. The month costs 800.
    ["20 per cent for ever", { value: "20" }, { paid: 9600, balance: 8800 }],
    // 11000 were paid. The month costs 1000 less 1000.
    [
      "1000 for ever",
      { type: "FIXED_AMOUNT", currency: "USD", value: "1000" },
      { paid: 11_000, balance: 11_000 },
    ],
    // 6000 were paid. The month is another period, which has none.
    ["50 per cent once", { duration: "ONCE" }, { paid: 6000, balance: 5000 }],
  ])("from 12000 a year to 1000 a month at once with %s", async (_what, discount, books) => {
    const code = await shop.discount("CODE", discount);
    const id = await shop.sell([await shop.price(12_000, { interval: "YEAR" })], { discountCode: code });
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) } });
    expect(await shop.books()).toMatchObject({ owes: 0, ...books });
  });

  test("of nothing that was paid nothing is left when it is canceled", async () => {
    const code = await shop.discount("FREE", { value: "100" });
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 0 });
  });
});

describe.each(modes)("half off for ever, with %s", (prorationMode) => {
  test("from 12000 to 1000 on day one costs half of 1000 for each month", async () => {
    const code = await shop.discount("HALF");
    const id = await shop.sell([await shop.price(12_000)], { discountCode: code });
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) }, prorationMode });
    await shop.goTo("07-01");
    // 6000 were paid; June and July cost 500 each.
    expect(await shop.books()).toMatchObject({ paid: 6000, owes: 0, balance: 5000 });
  });

  test("from 12000 to 1000 at mid-June costs half of each for half of June", async () => {
    const code = await shop.discount("HALF");
    const id = await shop.sell([await shop.price(12_000)], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) }, prorationMode });
    await shop.goTo("07-01");
    // 3000 + 250 for June, 500 for July.
    expect(await shop.costs()).toBe(3750);
  });

  test("a change and the change back at one instant come to nothing", async () => {
    const code = await shop.discount("HALF");
    const [small, large] = [await shop.price(1000), await shop.price(12_000)];
    const id = await shop.sell([large], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: small }, prorationMode });
    await shop.act("changeSubscriptionPlan", id, { price: { id: large }, prorationMode });
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(12_000);
  });
});

describe.each(modes)("a discount of one product, with %s", (prorationMode) => {
  const sold = async (unitAmount: number, discount: object) => {
    const productId = await shop.insert("Product", { name: "A" });
    const code = await shop.discount("A", {
      scope: "SPECIFIC_PRODUCTS",
      products: [{ id: productId }],
      ...discount,
    });
    const more = await shop.price(1000);
    const prices = [await shop.price(unitAmount, { productId }), more];
    return { code, prices };
  };

  test("of 50 per cent is taken off a second unit at mid-June", async () => {
    const { code, prices } = await sold(10_000, {});
    const id = await shop.sell(prices.slice(0, 1), { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode });
    await shop.goTo("07-01");
    // 5000, half of 5000 for the second half of June, and 10000 for July.
    expect(await shop.costs()).toBe(17_500);
  });

  test("of 1000 is taken off once, however many units there are", async () => {
    const { code, prices } = await sold(3000, { type: "FIXED_AMOUNT", currency: "USD", value: "1000" });
    const id = await shop.sell(prices.slice(0, 1), { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode });
    await shop.goTo("07-01");
    // June: 2000 / 2 + 5000 / 2, July: 5000.
    expect(await shop.costs()).toBe(8500);
  });

  test("leaves another product alone", async () => {
    const { code, prices } = await sold(3000, {});
    const id = await shop.sell(prices, { discountCode: code });
    const [, other] = (await shop.state(id)).items.nodes;
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { itemId: other?.id, quantity: "2", prorationMode });
    await shop.goTo("07-01");
    // June: 1500 + 1000 + 500, July: 1500 + 2000.
    expect(await shop.costs()).toBe(6500);
  });
});

describe("a discount for some periods", () => {
  test("holds for all of the last of them, also for a unit that comes and goes", async () => {
    const code = await shop.discount("TWO", { duration: "REPEATING", durationCycles: 2 });
    const id = await shop.sell([await shop.price(10_000)], { discountCode: code });
    await shop.goTo("07-01");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect(await shop.costs()).toBe(15_000);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "1" });
    expect(await shop.costs()).toBe(10_000);
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(20_000);
  });

  test.each(modes)("holds for a unit in the middle of the only one, with %s", async (prorationMode) => {
    const code = await shop.discount("ONE", { duration: "ONCE" });
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode });
    await shop.goTo("07-01");
    // June: 1500 + 750, July: 6000.
    expect(await shop.costs()).toBe(8250);
  });

  test.each([
    ["of the only period", { duration: "ONCE" }, "06-11", 1500],
    ["of the last period", { duration: "REPEATING", durationCycles: 2 }, "07-11", 3000],
  ])("is given again by a reactivation in the middle %s", async (_what, discount, day, costs) => {
    const code = await shop.discount("CODE", discount);
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.goTo(day);
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    await shop.act("reactivateSubscription", id);
    // What was paid for the rest of the period, at half the price, was given back and is paid again.
    expect(await shop.costs()).toBe(costs);
  });

  test("is given again for what is left after some days without it", async () => {
    const code = await shop.discount("ONE", { duration: "ONCE" });
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(500);
    await shop.goTo("06-21");
    await shop.act("reactivateSubscription", id);
    // Ten days and ten days at half of 100 a day; July has none.
    expect(await shop.costs()).toBe(1000);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(4000);
  });

  test.each(["VOID", "MARK_UNCOLLECTIBLE"])(
    "is not used up by invoices of a pause with %s",
    async (behavior) => {
      const code = await shop.discount("THREE", { duration: "REPEATING", durationCycles: 3 });
      const id = await shop.sell([await shop.price(3000)], { discountCode: code });
      await shop.goTo("06-21");
      await shop.act("pauseSubscription", id, { behavior });
      await shop.goTo("08-15");
      await shop.act("resumeSubscription", id);
      // June, September and October at half the price; November at 3000.
      expect(await shop.costsAt("08-31", "09-01", "10-01", "11-01")).toEqual([1500, 3000, 4500, 7500]);
    },
  );

  test("is given back by voiding the invoice that it was counted by", async () => {
    const code = await shop.discount("ONE", { duration: "ONCE" });
    await shop.sell([await shop.price(3000)], { discountCode: code, collectionMethod: "SEND_INVOICE" });
    const [june] = await shop.open();
    await shop.void(june?.id ?? "");
    await shop.goTo("08-01");
    // July at half the price, August without.
    expect(await shop.costs()).toBe(4500);
  });
});

describe("a fixed amount that is more than what is billed in advance", () => {
  test("is taken off what is billed in arrears on the same invoice", async () => {
    const code = await shop.discount("FIX", { type: "FIXED_AMOUNT", currency: "USD", value: "5000" });
    await shop.sell([await shop.price(3000), await shop.price(3000, { payInAdvance: false })], {
      discountCode: code,
    });
    // June is for nothing; July and what June cost in arrears are 6000 less 5000.
    expect(await shop.costsAt("06-02", "07-01", "08-01")).toEqual([0, 1000, 2000]);
  });

  test("is taken off a second unit as far as there is something left of it", async () => {
    const code = await shop.discount("FIX", { type: "FIXED_AMOUNT", currency: "USD", value: "5000" });
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // Two units are 6000 less 5000: half of 1000 for half of June, and 1000 for July.
    expect(await shop.costsAt("06-16", "07-01")).toEqual([500, 1500]);
  });

  test.each(modes)("is taken off once for a period when an item is added, with %s", async (prorationMode) => {
    const code = await shop.discount("FIX", { type: "FIXED_AMOUNT", currency: "USD", value: "3000" });
    const id = await shop.sell([await shop.price(6000)], { discountCode: code });
    await shop.goTo("06-16");
    await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(3000) } },
      prorationMode,
    });
    // June: 6000 less 3000, and half a month at 3000, off which nothing is left to be taken. July: 9000 less 3000.
    expect(await shop.costsAt("07-01")).toEqual([3000 + 1500 + 6000]);
  });
});
