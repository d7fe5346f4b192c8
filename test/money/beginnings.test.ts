import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const month = async (input: object, values: object = {}): Promise<string> =>
  shop.sell([await shop.price(3000, values)], { ...input });
const toYear = async (id: string, more: object = {}) =>
  shop.act("changeSubscriptionPlan", id, {
    price: { id: await shop.price(36_500, { interval: "YEAR" }) },
    ...more,
  });
const period = async (id: string) => (await shop.state(id)).currentPeriod;

describe("another interval before anything was billed", () => {
  test.each(["IMMEDIATE", "NEXT_INVOICE", "NONE"])(
    "before the start is that of the first period, with %s",
    async (prorationMode) => {
      const id = await month({ startDate: on("06-21") });
      await shop.goTo("06-11");
      await toYear(id, { prorationMode });
      expect(await shop.costsAt("06-20", "06-21", "07-22")).toEqual([0, 36_500, 36_500]);
      expect(await period(id)).toEqual({ start: on("06-21"), end: on("2027-06-21") });
    },
  );

  test.each(["IMMEDIATE", "NEXT_INVOICE", "NONE"])(
    "in a trial is that of the first period after it, with %s",
    async (prorationMode) => {
      const id = await month({ trialDays: 14 });
      await shop.goTo("06-11");
      await toYear(id, { prorationMode });
      expect(await shop.costsAt("06-14", "06-15", "07-22")).toEqual([0, 36_500, 36_500]);
      expect(await period(id)).toEqual({ start: on("06-15"), end: on("2027-06-15") });
    },
  );

  test("of what was declined is that of the invoice that replaces it", async () => {
    await shop.cardWill("decline");
    const id = await month({});
    await shop.goTo("06-11");
    await toYear(id);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 36_500, balance: 0 });
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect(await shop.state(id)).toMatchObject({
      status: "ACTIVE",
      currentPeriod: { start: on("06-01"), end: on("2027-06-01") },
    });
    await shop.cardWill("succeed");
    expect(await shop.costsAt("07-02")).toEqual([36_500]);
  });

  test("from a month to a week in a trial is a week after it", async () => {
    const id = await month({ trialDays: 14 });
    const weekly = await shop.price(700, { interval: "WEEK" });
    await shop.act("changeSubscriptionPlan", id, { price: { id: weekly } });
    expect(await shop.costsAt("06-14", "06-15", "06-22", "06-29")).toEqual([0, 700, 1400, 2100]);
  });
});

describe("a start in the past", () => {
  test.each([
    ["in advance", {}, [3000, 6000, 9000]],
    ["in arrears", { payInAdvance: false }, [0, 3000, 6000]],
  ])("is billed %s as if it had been there", async (_what, values, costs) => {
    await month({ startDate: on("05-01") }, values);
    const now = await shop.costs();
    expect([now, ...(await shop.costsAt("06-02", "07-01"))]).toEqual(costs);
  });

  test("with a trial that is over is billed from its end on", async () => {
    const id = await month({ startDate: on("05-01"), trialEnd: on("05-15") });
    expect(await shop.costsAt("06-02", "06-15")).toEqual([3000, 6000]);
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });

  test("with an end that is over costs what is in between", async () => {
    const id = await month({ startDate: on("04-01"), billingEndsOn: on("05-16T12:00:00Z") });
    expect(await shop.costsAt("06-02")).toEqual([4500]);
    expect((await shop.state(id)).status).toBe("EXPIRED");
  });
});

describe("a trial by weeks", () => {
  test("that ends on another day takes the weeks with it", async () => {
    const id = await shop.sell([await shop.price(700, { interval: "WEEK" })], { trialDays: 7 });
    await shop.act("updateSubscription", id, { trialEnd: on("06-06") });
    expect(await shop.costsAt("06-06", "06-08", "06-13", "06-20")).toEqual([700, 700, 1400, 2100]);
  });
});

describe("a first period that was prorated", () => {
  test("is counted by its start rule only once: after it, months are whole", async () => {
    const id = await month({ billingAnchorDay: 15 }, { startRule: "PRORATE" });
    await shop.goTo("06-20");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // 1355 for June until the 15th, 3000, and 25 of the 30 days until 15 July for another unit.
    expect(await shop.costsAt("06-20", "07-15")).toEqual([6855, 12_855]);
  });

  test("is given back and charged again as it was", async () => {
    const id = await month({ billingAnchorDay: 15 }, { startRule: "NEXT_ANCHOR" });
    await shop.goTo("06-08");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    await shop.act("reactivateSubscription", id);
    expect(await shop.costsAt("06-08", "06-15")).toEqual([0, 3000]);
  });

  test("costs another item that is added what its own start rule says", async () => {
    const id = await month({ billingAnchorDay: 15 }, { startRule: "NEXT_ANCHOR" });
    await shop.goTo("06-08");
    await shop.act("addSubscriptionItem", id, {
      item: { price: { id: await shop.price(900, { startRule: "IMMEDIATE" }) } },
    });
    // IMMEDIATE: 900 for the fourteen days, half of which are left.
    expect(await shop.costsAt("06-08", "06-15")).toEqual([450, 450 + 3900]);
  });
});
