import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

type Story = (id: string) => Promise<unknown>;

const cancelAt = (day: string) => (id: string) =>
  shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on(day) });
const quantityOn = (day: string, quantity: string, prorationMode: string) => async (id: string) => {
  await shop.goTo(day);
  await shop.act("changeSubscriptionQuantity", id, { quantity, prorationMode });
};
const all =
  (...stories: readonly Story[]): Story =>
  async (id) => {
    for (const story of stories) {
      // oxlint-disable-next-line no-await-in-loop
      await story(id);
    }
  };

/** What happens to a month at 3000 from 1 June on. */
const stories: Readonly<Record<string, readonly [input: object, story: Story]>> = {
  "nothing at all": [{}, async () => {}],
  "a cancellation at a date in July": [{}, cancelAt("07-09T07:00:00Z")],
  "a term that ends in July": [{ billingEndsOn: on("07-09T07:00:00Z") }, async () => {}],
  "a trial that is made longer": [
    { trialDays: 14 },
    (id) => shop.act("updateSubscription", id, { trialEnd: on("06-21") }),
  ],
  "another anchor day": [{}, (id) => shop.act("updateSubscription", id, { billingAnchorDay: 20 })],
  "a short first period that is prorated": [{ billingAnchorDay: 15 }, async () => {}],
  "more and fewer units": [
    {},
    all(
      quantityOn("06-09", "4", "IMMEDIATE"),
      quantityOn("06-21", "2", "NEXT_INVOICE"),
      quantityOn("07-05", "3", "IMMEDIATE"),
    ),
  ],
  "units with NONE": [
    {},
    all(
      quantityOn("06-09", "4", "NONE"),
      quantityOn("06-21", "2", "IMMEDIATE"),
      quantityOn("07-05", "3", "NONE"),
    ),
  ],
  "a cancellation that was taken back": [
    {},
    async (id) => {
      await shop.goTo("06-11");
      await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
      await shop.goTo("06-15");
      await shop.act("reactivateSubscription", id);
    },
  ],
  "another interval": [
    {},
    async (id) => {
      await shop.goTo("06-11");
      const { subscription } = await shop.act("changeSubscriptionPlan", id, {
        price: { id: await pricedAs(36_500, { interval: "YEAR" }) },
      });
      expect(subscription.currentPeriod.start).toBe(on("06-11"));
    },
  ],
};

/** Makes prices that are charged in advance, or in arrears. */
let pricedAs: (unitAmount: number, values?: object) => Promise<string>;

describe("time that has been billed to its end costs the same in advance and in arrears, with", () => {
  test.each(Object.keys(stories))("%s", async (name) => {
    const costs: number[] = [];
    for (const payInAdvance of [true, false]) {
      // oxlint-disable-next-line no-await-in-loop
      shop = await openMoneyShop(api);
      pricedAs = (unitAmount, values = {}) =>
        shop.price(unitAmount, { payInAdvance, startRule: "PRORATE", ...values });
      const [input, story] = stories[name] ?? [{}, async () => {}];
      // oxlint-disable-next-line no-await-in-loop
      const id = await shop.sell([await pricedAs(3000)], { ...input });
      // oxlint-disable-next-line no-await-in-loop
      await story(id);
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo("07-17T01:00:00Z");
      const end = { subscriptionId: id, mode: "NOW", prorate: true };
      // Some of them have ended by themselves.
      // oxlint-disable-next-line no-await-in-loop
      await shop.attempt("cancelSubscription", end);
      // oxlint-disable-next-line no-await-in-loop
      costs.push(await shop.costs());
    }
    // A stretch of time is rounded once in arrears, and twice where it was changed in advance.
    expect(Math.abs((costs[0] ?? 0) - (costs[1] ?? 0))).toBeLessThanOrEqual(2);
    expect(costs[0]).toBeGreaterThan(0);
  });
});
