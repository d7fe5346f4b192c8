import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

/** All that the customer has given and owes, less what it has to its credit, wherever that is. */
async function worth(): Promise<number> {
  const { paid, owes, balance, wallet } = await shop.books();
  return paid + owes - balance - wallet;
}

const tax = async () => ({ taxRateIds: [await shop.taxRate(7.5)] });
const discounted = async (input: object) => ({ discountCode: await shop.discount("CODE", { ...input }) });

/** Ways in which the price of a month is paid. */
const ways: Readonly<Record<string, () => Promise<object>>> = {
  plainly: async () => ({}),
  "with tax": tax,
  "with a third off for ever": async () => discounted({ value: "33.3" }),
  "with a third off once, and tax": async () => ({
    ...(await discounted({ value: "33.3", duration: "ONCE" })),
    ...(await tax()),
  }),
  "with a fixed amount off": async () => discounted({ type: "FIXED_AMOUNT", currency: "USD", value: "777" }),
  "with a wallet for a part of it": async () => {
    await shop.wallet(1234);
    return {};
  },
  "with a wallet for all of it": async () => {
    await shop.wallet(99_999);
    return {};
  },
  "with a wallet, tax and a discount": async () => {
    await shop.wallet(1234);
    return { ...(await discounted({ value: "33.3" })), ...(await tax()) };
  },
  "by days of the calendar": async () => {
    await shop.done("updateBillingSettings", { prorateByDay: true });
    return {};
  },
  "with tax that prices contain": async () => ({
    taxRateIds: [
      await shop.insert("TaxRate", { name: "VAT", percentage: "7.5" as never, inclusive: true }),
      await shop.taxRate(2),
    ],
  }),
  "by an invoice that is sent, with tax": async () => ({
    ...(await tax()),
    collectionMethod: "SEND_INVOICE",
  }),
};

const taxed = (way: string): boolean => way.includes("tax");

describe.each(Object.keys(ways))("paid %s", (way) => {
  /** A month at two odd prices, at an odd instant of June. */
  const sold = async (): Promise<string> => {
    const prices = [await shop.price(1009), await shop.price(2003)] as const;
    const id = await shop.sell([[prices[0], 3], prices[1]], { ...(await ways[way]?.()) });
    await shop.goTo("06-13T05:07:11Z");
    return id;
  };

  test("a change and the change back come to nothing, now or with the next invoice", async () => {
    const worths: number[] = [];
    for (const prorationMode of [null, "IMMEDIATE", "NEXT_INVOICE"]) {
      // oxlint-disable-next-line no-await-in-loop
      shop = await openMoneyShop(api);
      // oxlint-disable-next-line no-await-in-loop
      const id = await sold();
      // oxlint-disable-next-line no-await-in-loop
      const [first] = (await shop.state(id)).items.nodes;
      for (const quantity of prorationMode ? ["7", "1", "3"] : []) {
        // oxlint-disable-next-line no-await-in-loop
        await shop.act("changeSubscriptionQuantity", id, { itemId: first?.id, quantity, prorationMode });
      }
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo("07-02");
      // oxlint-disable-next-line no-await-in-loop
      worths.push(await worth());
    }
    // What waits is taxed together with what takes it back, and rounded once: a minor unit of tax may differ.
    const [kept = 0] = worths;
    for (const changed of worths) expect(Math.abs(changed - kept)).toBeLessThanOrEqual(taxed(way) ? 1 : 0);
  });

  test("an item that is removed and added again comes to nothing", async () => {
    const id = await sold();
    const before = await worth();
    const [first] = (await shop.state(id)).items.nodes;
    await shop.act("removeSubscriptionItem", id, { itemId: first?.id });
    await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(1009) }, quantity: "3" },
    });
    // Each stretch of time is rounded.
    expect(Math.abs((await worth()) - before)).toBeLessThanOrEqual(1);
  });

  test("a cancellation and a reactivation come to nothing, however often", async () => {
    const id = await sold();
    const before = await worth();
    for (let times = 0; times < 3; times += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("reactivateSubscription", id);
    }
    expect(await worth()).toBe(before);
  });

  test("now and with the next invoice come to the same", async () => {
    const totals: number[] = [];
    for (const prorationMode of ["IMMEDIATE", "NEXT_INVOICE"]) {
      // oxlint-disable-next-line no-await-in-loop
      shop = await openMoneyShop(api);
      // oxlint-disable-next-line no-await-in-loop
      const id = await sold();
      // oxlint-disable-next-line no-await-in-loop
      const [first, second] = (await shop.state(id)).items.nodes;
      for (const [itemId, quantity] of [
        [first?.id, "5"],
        [second?.id, "2"],
        [first?.id, "1"],
      ]) {
        // oxlint-disable-next-line no-await-in-loop
        await shop.act("changeSubscriptionQuantity", id, { itemId, quantity, prorationMode });
      }
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo("07-02");
      // oxlint-disable-next-line no-await-in-loop
      totals.push(await worth());
    }
    // Taxes are rounded by the invoice.
    expect(Math.abs((totals[0] ?? 0) - (totals[1] ?? 0))).toBeLessThanOrEqual(2);
  });

  test("canceled at its very start with proration it is free", async () => {
    const prices = [await shop.price(1009), await shop.price(2003)] as const;
    const input = await ways[way]?.();
    const before = await worth();
    const id = await shop.sell([[prices[0], 3], prices[1]], { ...input });
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await worth()).toBe(before);
  });
});

describe("an end that was said anew does not use up what is counted by periods", () => {
  test("a discount of two periods is for June and all of July", async () => {
    const code = await shop.discount("TWO", { duration: "REPEATING", durationCycles: 2 });
    const id = await shop.sell([await shop.price(3000)], { discountCode: code });
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("07-16T12:00:00Z") });
    expect(await shop.costsAt("07-02")).toEqual([2250]);
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("08-16T12:00:00Z") });
    // June and July at half the price, and half of August.
    expect(await shop.costsAt("08-02", "09-01")).toEqual([4500, 4500]);
  });

  test("a term of three periods is June, July and August", async () => {
    const id = await shop.sell([await shop.price(3000)], { billingMaxCycles: 3 });
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("07-16T12:00:00Z") });
    await shop.goTo("07-02");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("12-01") });
    expect(await shop.costsAt("08-02", "09-02")).toEqual([9000, 9000]);
  });
});

describe("what was put off with NONE", () => {
  test("stays put off by a cancellation and a reactivation", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(6000) },
      prorationMode: "NONE",
    });
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(1500);
    await shop.goTo("06-21");
    await shop.act("reactivateSubscription", id);
    // Ten days at 100 and not at 200; July at 6000.
    expect(await shop.costsAt("06-21", "07-01")).toEqual([2500, 8500]);
  });

  test("in a trial holds from its end on", async () => {
    const id = await shop.sell([await shop.price(3000)], { trialDays: 14 });
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode: "NONE" });
    expect(await shop.costsAt("06-14", "06-15", "07-15")).toEqual([0, 6000, 12_000]);
  });

  test("of an item that was added, which is removed before it counts, costs nothing", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    const { subscription } = await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(900) } },
      prorationMode: "NONE",
    });
    await shop.act("removeSubscriptionItem", id, { itemId: subscription.items.nodes[1]?.id });
    expect(await shop.costsAt("06-11", "07-01")).toEqual([3000, 6000]);
  });
});

test("a discount once is for the first period that is charged after a trial", async () => {
  const code = await shop.discount("ONE", { duration: "ONCE" });
  await shop.sell([await shop.price(3000)], { discountCode: code, trialDays: 14 });
  expect(await shop.costsAt("06-14", "06-15", "07-15")).toEqual([0, 1500, 4500]);
});
