import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

/** 40 units at 10 in the first days of June, and whatever ends it on the 16th. What is used after that is nobody's. */
async function endedOn16(end: (id: string) => Promise<unknown>, input: object = {}): Promise<string> {
  const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })], { ...input });
  await shop.goTo("06-11");
  await shop.use({ at: "06-05", quantity: 40 });
  await end(id);
  await shop.goTo("06-20");
  await shop.use({ at: "06-18", quantity: 500 });
  await shop.goTo("08-01");
  return id;
}

describe("every end bills what was used until then", () => {
  test.each([
    [
      "a cancellation now",
      async (id: string) => {
        await shop.goTo("06-16");
        await shop.act("cancelSubscription", id, { mode: "NOW" });
      },
    ],
    [
      "a cancellation now with proration",
      async (id: string) => {
        await shop.goTo("06-16");
        await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
      },
    ],
    [
      "a cancellation at a date",
      async (id: string) => shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-16") }),
    ],
    ["a term", async (id: string) => shop.act("updateSubscription", id, { billingEndsOn: on("06-16") })],
  ])("%s", async (_what, end) => {
    await endedOn16(end);
    expect(await shop.costs()).toBe(400);
  });

  test("a change of interval", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-11");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.goTo("06-16");
    const yearly = await shop.meteredPrice({ unitAmount: 7 as never, interval: "YEAR" });
    await shop.act("changeSubscriptionPlan", id, { price: { id: yearly } });
    expect(await shop.costs()).toBe(400);
    await shop.goTo("06-20");
    await shop.use({ at: "06-18", quantity: 100 });
    await shop.goTo("2027-06-16");
    expect(await shop.costs()).toBe(1100);
  });

  test("the last phase of a schedule", async () => {
    const metered = await shop.meteredPrice({ unitAmount: 10 as never });
    await shop.done("createSubscriptionSchedule", {
      customer: { id: shop.customerId },
      phases: [{ items: [{ price: { id: metered } }], endsAt: on("06-16") }],
    });
    await shop.goTo("06-11");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.goTo("06-20");
    await shop.use({ at: "06-18", quantity: 500 });
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(400);
  });

  test("dunning that gives up", async () => {
    await shop.done("updateBillingSettings", { autoCancelUnpaid: true });
    await shop.sell([await shop.price(1000), await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.cardWill("decline");
    await shop.goTo("07-05");
    await shop.use({ at: "07-03", quantity: 50 });
    await shop.goTo("07-20");
    await shop.use({ at: "07-15", quantity: 500 });
    await shop.goTo("09-15");
    // June is paid; July, and what was used until the 8th, is owed.
    expect(await shop.books()).toMatchObject({ paid: 1000, owes: 1500, balance: 0 });
  });

  test("a credit note that cancels", async () => {
    const id = await shop.sell([
      await shop.price(1000),
      await shop.meteredPrice({ unitAmount: 10 as never }),
    ]);
    const [invoice] = await shop.all();
    await shop.goTo("06-16");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.note(invoice?.id ?? "", { amount: 500, cancelSubscription: true });
    await shop.goTo("08-01");
    expect((await shop.state(id)).status).toBe("CANCELED");
    expect(await shop.costs()).toBe(1000 - 500 + 400);
  });
});

describe("a discount and usage at an end", () => {
  test("50 per cent is taken off what was used", async () => {
    const code = await shop.discount("HALF");
    await endedOn16(
      async (id) => {
        await shop.goTo("06-16");
        await shop.act("cancelSubscription", id, { mode: "NOW" });
      },
      { discountCode: code },
    );
    expect(await shop.costs()).toBe(200);
  });

  test("a fixed amount is taken off once for a period, however often it ends", async () => {
    const code = await shop.discount("FIX", { type: "FIXED_AMOUNT", currency: "USD", value: "300" });
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })], {
      discountCode: code,
    });
    await shop.goTo("06-11");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    // 400 less 300.
    expect(await shop.costs()).toBe(100);
    await shop.goTo("06-21");
    await shop.use({ at: "06-15", quantity: 50 });
    await shop.goTo("07-01");
    // The 300 of June are used up.
    expect(await shop.costs()).toBe(600);
  });
});

describe("usage of a subscription that was canceled and came back", () => {
  test("is billed once, with that of the gap", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-11");
    await shop.use({ at: "06-05", quantity: 40 });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.goTo("06-16");
    await shop.use({ at: "06-13", quantity: 5 });
    await shop.act("reactivateSubscription", id);
    await shop.goTo("06-21");
    await shop.use({ at: "06-20", quantity: 3 });
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(480);
  });

  test("also when it comes late", async () => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    await shop.goTo("07-05");
    await shop.use({ at: "06-05", quantity: 40 }, { at: "06-25", quantity: 3 });
    await shop.goTo("09-01");
    expect(await shop.costs()).toBe(430);
  });
});
