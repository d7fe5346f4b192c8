import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const drafts = async (): Promise<string[]> =>
  (await shop.all()).filter(({ status }) => status === "DRAFT").map(({ id }) => id);

const removeDrafts = async (): Promise<void> => {
  for (const id of await drafts()) {
    // oxlint-disable-next-line no-await-in-loop
    await shop.remove(id);
  }
};

const finalizeDrafts = async (): Promise<void> => {
  for (const id of await drafts()) {
    // oxlint-disable-next-line no-await-in-loop
    await shop.done("finalizeInvoice", { invoice: { id } });
  }
};

/** Something sold in June, paused from the end of June on with drafts, in the middle of July. */
async function paused(price: string, input: object = {}): Promise<string> {
  const id = await shop.sell([price], { ...input });
  await shop.act("pauseSubscription", id, { behavior: "KEEP_AS_DRAFT", atPeriodEnd: true });
  await shop.goTo("07-16T12:00:00Z");
  return id;
}

const later = { payInAdvance: false };

describe("a draft of a pause that is deleted was for nothing", () => {
  test("and what comes after it does not bill it again: a change", async () => {
    const id = await paused(await shop.price(3000));
    await removeDrafts();
    await shop.act("resumeSubscription", id);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // One unit of July is for nothing; half a month of another one is 1500.
    expect(await shop.costsAt("07-17", "08-01")).toEqual([4500, 10_500]);
  });

  test("nor a cancellation and a reactivation", async () => {
    const id = await paused(await shop.price(3000));
    await removeDrafts();
    await shop.act("resumeSubscription", id);
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(3000);
    await shop.act("reactivateSubscription", id);
    expect(await shop.costsAt("07-31", "08-01")).toEqual([3000, 6000]);
  });

  test("nor later invoices in arrears", async () => {
    const id = await paused(await shop.price(3000, later));
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("08-02");
    await removeDrafts();
    await shop.act("resumeSubscription", id);
    // August without its first day, when it was still paused: 30/31 of 3000 are 2903.
    expect(await shop.costsAt("08-31", "09-01")).toEqual([3000, 5903]);
  });

  test("nor later invoices of usage", async () => {
    const id = await paused(await shop.meteredPrice({ unitAmount: 10 as never }));
    await shop.use({ at: "07-10", quantity: 50 });
    await shop.goTo("08-02");
    await removeDrafts();
    await shop.act("resumeSubscription", id);
    expect(await shop.costsAt("09-01", "10-01")).toEqual([0, 0]);
  });

  test("and counts the period of a discount back", async () => {
    const code = await shop.discount("TWO", { duration: "REPEATING", durationCycles: 2 });
    const id = await paused(await shop.price(3000), { discountCode: code });
    await removeDrafts();
    await shop.act("resumeSubscription", id);
    // June and August at half the price.
    expect(await shop.costsAt("08-01", "09-01")).toEqual([3000, 6000]);
  });
});

describe("a draft of a pause that is finalized is owed", () => {
  test("in advance, with the discount of its period", async () => {
    const code = await shop.discount("TWO", { duration: "REPEATING", durationCycles: 2 });
    const id = await paused(await shop.price(3000), { discountCode: code });
    await finalizeDrafts();
    await shop.act("resumeSubscription", id);
    // June and July at half the price.
    expect(await shop.costsAt("07-31", "08-01")).toEqual([3000, 6000]);
  });

  test("in arrears, for the time of the pause", async () => {
    const id = await paused(await shop.price(3000, later));
    await shop.act("resumeSubscription", id);
    await shop.goTo("08-01");
    // June, and half of July. The other half is a draft.
    expect(await shop.costs()).toBe(4500);
    await finalizeDrafts();
    expect(await shop.costs()).toBe(6000);
  });

  test("by usage, for the time of the pause", async () => {
    const id = await paused(await shop.meteredPrice({ unitAmount: 10 as never }));
    await shop.use({ at: "07-10", quantity: 50 });
    await shop.act("resumeSubscription", id);
    await shop.goTo("07-20");
    await shop.use({ at: "07-18", quantity: 3 });
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(30);
    await finalizeDrafts();
    expect(await shop.costsAt("08-01", "09-01")).toEqual([530, 530]);
  });
});

describe("an invoice that was written off", () => {
  test("and is paid after all costs what was not given back of it", async () => {
    const id = await shop.sell([await shop.price(3000)], { collectionMethod: "SEND_INVOICE" });
    await shop.goTo("06-16");
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    const [invoice] = await shop.open();
    await shop.writeOff(invoice?.id ?? "");
    expect(await shop.costs()).toBe(0);
    await shop.pay(invoice?.id ?? "");
    expect(await shop.costs()).toBe(1500);
  });
});
