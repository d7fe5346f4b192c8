import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const monthly = async (payInAdvance: boolean): Promise<string> => shop.price(3000, { payInAdvance });

/** Ways to say that a subscription ends at an instant, before it starts or while it runs. */
const ways = {
  "a term from the start": async (price: string, end: string) =>
    shop.sell([price], { billingEndsOn: on(end) }),
  "a term that is set later": async (price: string, end: string) => {
    const id = await shop.sell([price]);
    await shop.goTo("06-02");
    await shop.act("updateSubscription", id, { billingEndsOn: on(end) });
    return id;
  },
  "a cancellation at a date": async (price: string, end: string) => {
    const id = await shop.sell([price]);
    await shop.goTo("06-02");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on(end) });
    return id;
  },
} as const;

describe.each(Object.entries(ways))("%s ends what is owed", (way, endAt) => {
  test.each([
    // 10 of the 30 days of June.
    ["06-11", 1000],
    ["07-01", 3000],
    // June, and one of the 31 days of July: 96.77.
    ["07-02", 3097],
    // June, July, and half of August.
    ["08-16T12:00:00Z", 7500],
  ])("on %s in advance: %i", async (end, costs) => {
    const id = await endAt(await monthly(true), end);
    await shop.goTo("10-01");
    expect(await shop.costs()).toBe(costs);
    expect((await shop.state(id)).status).toBe(way.includes("term") ? "EXPIRED" : "CANCELED");
  });

  test.each([
    ["06-11", 1000],
    ["07-02", 3097],
    ["08-16T12:00:00Z", 7500],
  ])("on %s in arrears: %i", async (end, costs) => {
    await endAt(await monthly(false), end);
    await shop.goTo("10-01");
    expect(await shop.costs()).toBe(costs);
  });
});

describe("an end within a period that was billed to its end", () => {
  test("gives back the rest when it comes, and not before", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-16") });
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("06-17");
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 1500 });
  });

  test("gives back nothing when it is taken back in time", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-16") });
    await shop.act("reactivateSubscription", id);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(6000);
  });

  test("of the next period bills all of that one when it is taken back after it was cut", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("07-16T12:00:00Z") });
    await shop.goTo("07-02");
    expect(await shop.costs()).toBe(4500);
    await shop.act("reactivateSubscription", id);
    await shop.goTo("08-01");
    // The rest of July is not lost: June, July and August.
    expect(await shop.costs()).toBe(9000);
  });

  test("gives back what was paid after a discount", async () => {
    const code = await shop.discount("HALF");
    const id = await shop.sell([await monthly(true)], { discountCode: code });
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-16") });
    await shop.goTo("06-17");
    expect(await shop.costs()).toBe(750);
  });

  test("comes to the same as a cancellation now with proration on that day", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-08");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    const now = await shop.costs();
    shop = await openMoneyShop(api);
    const other = await shop.sell([await monthly(true)]);
    await shop.act("cancelSubscription", other, { mode: "AT_DATE", cancelAt: on("06-16") });
    await shop.goTo("06-08");
    await shop.act("changeSubscriptionQuantity", other, { quantity: "3" });
    await shop.goTo("06-17");
    // 7 days at 100 and 8 days at 300.
    expect([now, await shop.costs()]).toEqual([3100, 3100]);
  });
});

describe("an end now", () => {
  test.each([
    [true, 1500],
    [false, 3000],
  ])("with prorate %s costs %i at mid-June", async (prorate, costs) => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate });
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(costs);
  });

  test("without proration, taken back on the same day, charges nothing twice", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(6000);
  });

  test("with proration, taken back at once, leaves nothing to the customer", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-16");
    for (let times = 0; times < 3; times += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
      // oxlint-disable-next-line no-await-in-loop
      await shop.act("reactivateSubscription", id);
    }
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(6000);
  });

  test("with proration, taken back at once, does not bring back what was removed just before", async () => {
    const id = await shop.sell([await shop.price(3000), await shop.price(900)]);
    const [, gone] = (await shop.state(id)).items.nodes;
    await shop.act("removeSubscriptionItem", id, { itemId: gone?.id, prorationMode: "NEXT_INVOICE" });
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    await shop.act("reactivateSubscription", id);
    expect(await shop.costsAt("06-02", "07-01")).toEqual([3000, 6000]);
  });

  test("of what waits for the next invoice bills that", async () => {
    const id = await shop.sell([await monthly(true)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode: "NEXT_INVOICE" });
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    // 10 days at 100, 10 days at 200.
    expect(await shop.costs()).toBe(3000);
  });

  test("at the end of the period costs that period, whatever changed within it", async () => {
    const id = await shop.sell([await monthly(true), await monthly(false)]);
    const [first] = (await shop.state(id)).items.nodes;
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "PERIOD_END" });
    await shop.act("changeSubscriptionQuantity", id, {
      itemId: first?.id,
      quantity: "2",
      prorationMode: "NEXT_INVOICE",
    });
    await shop.goTo("09-01");
    // In advance 1000 + 4000, in arrears 3000: nothing is left waiting.
    expect(await shop.costs()).toBe(8000);
  });
});
