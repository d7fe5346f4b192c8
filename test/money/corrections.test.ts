import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const voidEvents = (ids: readonly string[]) =>
  shop.read(
    `mutation ($input: VoidUsageEventsInput!) { voidUsageEvents(input: $input) { voided userErrors { message } } }`,
    { input: { events: ids.map((id) => ({ id })) } },
  );

/** 40 units at 10 in June, which July's invoice has billed; a quarter of them were sent by mistake. */
async function usedInJune(input: object = {}): Promise<{ id: string; invoiceId: string; wrong: string }> {
  const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })], { ...input });
  await shop.goTo("06-11");
  const [, wrong = ""] = await shop.use({ at: "06-05", quantity: 30 }, { at: "06-06", quantity: 10 });
  await shop.goTo("07-02");
  const [invoice] = await shop.all();
  return { id, invoiceId: invoice?.id ?? "", wrong };
}

describe("usage that is taken back after it was billed", () => {
  test("goes back with the tax that it was charged with, whatever the rates are by now", async () => {
    const { id, wrong } = await usedInJune({ taxRateIds: [await shop.taxRate(20)] });
    expect(await shop.costs()).toBe(480);
    await shop.act("updateSubscription", id, { taxRateIds: [] });
    await voidEvents([wrong]);
    expect(await shop.costsAt("08-01")).toEqual([360]);
  });

  test("goes back to the wallet that paid it", async () => {
    await shop.wallet(400);
    const { wrong } = await usedInJune();
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 0 });
    await voidEvents([wrong]);
    await shop.goTo("08-01");
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 100 });
  });

  test("goes back after its discount, once", async () => {
    const { wrong } = await usedInJune({ discountCode: await shop.discount("HALF") });
    expect(await shop.costs()).toBe(200);
    await voidEvents([wrong]);
    expect(await shop.costsAt("08-01", "09-01")).toEqual([150, 150]);
  });

  test("is not owed any more where it was not paid", async () => {
    const { wrong } = await usedInJune({ collectionMethod: "SEND_INVOICE" });
    await voidEvents([wrong]);
    await shop.goTo("08-01");
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 300, balance: 0 });
  });

  test("goes back to nobody where all of it was refunded", async () => {
    const { invoiceId, wrong } = await usedInJune();
    await shop.refund(invoiceId);
    await voidEvents([wrong]);
    expect(await shop.costsAt("08-01")).toEqual([0]);
  });

  test("goes back for what is left after a note for a part", async () => {
    const { invoiceId, wrong } = await usedInJune();
    await shop.note(invoiceId, { amount: 200 });
    await voidEvents([wrong]);
    const [costs = 0] = await shop.costsAt("08-01");
    // 200 are left of what was billed for 400, and 300 are right.
    expect(costs).toBeGreaterThanOrEqual(100);
    expect(costs).toBeLessThanOrEqual(200);
  });

  test("goes back when the subscription has ended, too, with its tax", async () => {
    const { id, wrong } = await usedInJune({ taxRateIds: [await shop.taxRate(20)] });
    await shop.act("updateSubscription", id, { taxRateIds: [] });
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await voidEvents([wrong]);
    expect(await shop.costsAt("08-15")).toEqual([360]);
  });
});

describe("usage that comes late", () => {
  test("after the bill of the period is billed once, with the rates and discounts of its invoice", async () => {
    const { id } = await usedInJune({ taxRateIds: [await shop.taxRate(20)] });
    await shop.use({ at: "06-20", quantity: 5 });
    expect(await shop.costsAt("08-01", "09-01")).toEqual([540, 540]);
    expect((await shop.state(id)).status).toBe("ACTIVE");
  });

  test("after the invoice of its period was void is billed, and that of the invoice is not", async () => {
    const { invoiceId } = await usedInJune({ collectionMethod: "SEND_INVOICE" });
    await shop.void(invoiceId);
    await shop.use({ at: "06-20", quantity: 5 });
    expect(await shop.costsAt("08-01", "09-01")).toEqual([50, 50]);
  });

  test("for a trial costs nothing", async () => {
    await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })], { trialDays: 14 });
    await shop.goTo("07-20");
    await shop.use({ at: "06-10", quantity: 50 }, { at: "06-18", quantity: 1 });
    expect(await shop.costsAt("08-15", "09-15")).toEqual([10, 10]);
  });

  test.each(["VOID", "MARK_UNCOLLECTIBLE"])("for a pause with %s costs nothing", async (behavior) => {
    const id = await shop.sell([await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.goTo("06-20");
    await shop.act("pauseSubscription", id, { behavior });
    await shop.goTo("06-25");
    await shop.act("resumeSubscription", id);
    await shop.goTo("07-20");
    await shop.use({ at: "06-22", quantity: 50 }, { at: "06-18", quantity: 1 });
    expect(await shop.costsAt("08-01", "09-01")).toEqual([10, 10]);
  });

  test("for the time in which nobody paid costs nothing", async () => {
    await shop.sell([await shop.price(1000), await shop.meteredPrice({ unitAmount: 10 as never })]);
    await shop.cardWill("decline");
    await shop.goTo("07-20");
    await shop.cardWill("succeed");
    await shop.pay((await shop.open())[0]?.id ?? "");
    await shop.goTo("08-02");
    // The 5th is before, the 15th within, and the 25th after it.
    await shop.use(
      { at: "07-05", quantity: 3 },
      { at: "07-15", quantity: 500 },
      { at: "07-25", quantity: 4 },
    );
    expect(await shop.costsAt("09-01")).toEqual([4000 + 70]);
  });
});
