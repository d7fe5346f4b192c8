import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const sent = { collectionMethod: "SEND_INVOICE" };
const cancel = (id: string) => shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
const quantity = (id: string, units: number, prorationMode = "IMMEDIATE") =>
  shop.act("changeSubscriptionQuantity", id, { quantity: String(units), prorationMode });
const month = async (units: number, input: object = {}): Promise<string> =>
  shop.sell([[await shop.price(3000), units]], { ...input });
const last = async (): Promise<string> => (await shop.all()).at(-1)?.id ?? "";

describe("what waits for the next invoice", () => {
  test("is not given back again by a cancellation, and counts for a reactivation", async () => {
    const id = await month(2);
    await shop.goTo("06-16");
    await quantity(id, 1, "NEXT_INVOICE");
    await cancel(id);
    expect(await shop.costs()).toBe(3000);
    await shop.act("reactivateSubscription", id);
    // Half a month of two units, and half a month of one.
    expect(await shop.costs()).toBe(4500);
    expect(await shop.costsAt("07-01")).toEqual([7500]);
  });

  test("is given back at the end of the period when there is no next one", async () => {
    const id = await month(2);
    await shop.goTo("06-16");
    await quantity(id, 1, "NEXT_INVOICE");
    await shop.act("cancelSubscription", id, { mode: "PERIOD_END" });
    expect(await shop.costsAt("07-01", "09-01")).toEqual([4500, 4500]);
  });

  test("is given back by a change now, once", async () => {
    const id = await month(3);
    await shop.goTo("06-16");
    await quantity(id, 2, "NEXT_INVOICE");
    await quantity(id, 1, "IMMEDIATE");
    // Half a month of three units, half a month of one; July: one.
    expect(await shop.costsAt("07-01")).toEqual([4500 + 1500 + 3000]);
  });

  test("of what a wallet paid is worth the same in the wallet", async () => {
    await shop.wallet(3000);
    const id = await month(1);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, {
      price: { id: await shop.price(1000) },
      prorationMode: "NEXT_INVOICE",
    });
    await shop.goTo("07-01");
    // 2000 for June and 1000 for July are what was in the wallet.
    const { paid, owes, balance, wallet } = await shop.books();
    expect(paid + owes - balance - wallet).toBe(0);
  });
});

describe("an invoice that waits for its payment", () => {
  test("is lowered by a downgrade, with its tax, and what was paid of it comes back last", async () => {
    const id = await month(1, { ...sent, taxRateIds: [await shop.taxRate(20)] });
    await shop.pay(await last(), 2000);
    await shop.goTo("06-16");
    await cancel(id);
    // 1800 of 3600 are not owed any more: the 1600 that were due, and 200 of what was paid.
    expect(await shop.books()).toMatchObject({ paid: 2000, owes: 0, balance: 200 });
  });

  test("is lowered by an upgrade, whose own invoice is owed as well", async () => {
    const id = await month(1, sent);
    await shop.goTo("06-16");
    await quantity(id, 2);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 4500, balance: 0 });
  });

  test("and was lowered and paid is refunded for no more than was paid", async () => {
    const id = await month(1, sent);
    const invoiceId = await last();
    await shop.goTo("06-16");
    await cancel(id);
    await shop.pay(invoiceId);
    expect(await shop.books()).toMatchObject({ paid: 1500, owes: 0, balance: 0 });
    await shop.refused("refundInvoice", { invoice: { id: invoiceId }, amount: 1501 });
    await shop.refund(invoiceId, 1500);
    expect(await shop.costs()).toBe(0);
  });

  test("and was lowered and void is billed again by a reactivation only for what was not waived", async () => {
    const id = await month(1, sent);
    await shop.goTo("06-16");
    await cancel(id);
    await shop.void(await last());
    await shop.act("reactivateSubscription", id);
    // All of June was waived with its invoice.
    expect(await shop.costsAt("06-30", "07-01")).toEqual([0, 3000]);
  });

  test("of what is past due: lowered to nothing, it lets the subscription go on", async () => {
    const id = await month(1);
    await shop.cardWill("decline");
    await shop.goTo("07-01");
    expect((await shop.state(id)).status).toBe("PAST_DUE");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(0) } });
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });

  test("in arrears that is void is not billed again by what comes after a cancellation", async () => {
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })], sent);
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.void(await last());
    await shop.act("reactivateSubscription", id);
    expect(await shop.costsAt("07-01")).toEqual([1000]);
  });
});

describe("an invoice that several ways have paid", () => {
  test("goes back to the balance when it is canceled, and each way when all of it is refunded", async () => {
    const deposit = await shop.sell([await shop.price(2000)]);
    await cancel(deposit);
    expect(await shop.books()).toMatchObject({ paid: 2000, balance: 2000 });
    const id = await month(1);
    const invoiceId = await last();
    // 2000 from the balance, and 1000 by card.
    expect(await shop.books()).toMatchObject({ paid: 3000, balance: 0 });
    await shop.refund(invoiceId);
    expect(await shop.books()).toMatchObject({ paid: 2000, balance: 2000 });
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 2000, balance: 2000 });
  });
});

describe("changes of interval", () => {
  const yearly = async (): Promise<Record<string, unknown>> => ({
    price: { id: await shop.price(36_500, { interval: "YEAR" }) },
  });

  test("there and back at one instant cost what was used, and a month that begins now", async () => {
    const monthly = await shop.price(3000);
    const id = await shop.sell([monthly]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, await yearly());
    await shop.act("changeSubscriptionPlan", id, { price: { id: monthly } });
    expect(await shop.costs()).toBe(4500);
    expect((await shop.state(id)).currentPeriod).toEqual({ start: on("06-16"), end: on("07-16") });
  });

  test("with NONE, and back with NONE, change nothing", async () => {
    const monthly = await shop.price(3000);
    const id = await shop.sell([monthly]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { ...(await yearly()), prorationMode: "NONE" });
    await shop.act("changeSubscriptionPlan", id, { price: { id: monthly }, prorationMode: "NONE" });
    expect(await shop.costsAt("07-01", "08-01")).toEqual([6000, 9000]);
  });

  test("with NONE leave the month to be changed at its own price", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { ...(await yearly()), prorationMode: "NONE" });
    await shop.goTo("06-21");
    await quantity(id, 2);
    // Ten days of another unit at 100, and two years from July on.
    expect(await shop.costsAt("06-21", "07-01")).toEqual([4000, 77_000]);
  });

  test("with NONE and a cancellation give back the month at its own price", async () => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-11");
    await shop.act("changeSubscriptionPlan", id, { ...(await yearly()), prorationMode: "NONE" });
    await shop.goTo("06-21");
    await cancel(id);
    expect(await shop.costs()).toBe(2000);
  });
});

describe("an end that was said, and is said anew", () => {
  test("later, bills the rest of the period that was cut", async () => {
    const id = await month(1, { billingEndsOn: on("07-16T12:00:00Z") });
    expect(await shop.costsAt("07-02")).toEqual([4500]);
    await shop.act("updateSubscription", id, { billingEndsOn: on("08-16T12:00:00Z") });
    expect(await shop.costsAt("08-02", "09-01")).toEqual([7500, 7500]);
    expect((await shop.state(id)).status).toBe("EXPIRED");
  });

  test("never, goes on for ever", async () => {
    const id = await month(1, { billingEndsOn: on("07-16T12:00:00Z") });
    await shop.goTo("07-02");
    await shop.act("updateSubscription", id, { billingEndStrategy: "INDEFINITE" });
    expect(await shop.costsAt("08-02")).toEqual([9000]);
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });

  test("earlier, gives back what was billed beyond it", async () => {
    const id = await month(1, { billingEndsOn: on("07-16T12:00:00Z") });
    await shop.goTo("07-02");
    await shop.act("updateSubscription", id, { billingEndsOn: on("07-11") });
    // 10/31 of July: 967.74.
    expect(await shop.costsAt("09-01")).toEqual([3968]);
  });

  test("is kept to by a change in the period that is cut", async () => {
    const id = await month(1, { billingEndsOn: on("07-16T12:00:00Z") });
    await shop.goTo("07-08");
    await quantity(id, 2);
    // 8.5 of 31 days of two units are 1645.16, and of the 1500 that were billed 822.58 go back.
    expect(await shop.costsAt("09-01")).toEqual([4500 + 1645 - 823]);
  });

  test("at a date, come to pass, and taken back some days later", async () => {
    const id = await month(1);
    await shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("06-16") });
    expect(await shop.costsAt("06-21")).toEqual([1500]);
    await shop.act("reactivateSubscription", id);
    // The five days in between are not owed.
    expect(await shop.costsAt("06-21", "07-01")).toEqual([2500, 5500]);
  });
});
