import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

/** What a call would come to now for the customer, and the status after it. */
async function previewOf(name: string, input: object): Promise<[number, string]> {
  const { previewSubscriptionChange: preview } = await shop.read(
    `query ($input: PreviewSubscriptionChangeInput!) { previewSubscriptionChange(input: $input) { status
      invoice { total { amount } credit { amount } toBalance { amount } } userErrors { message } } }`,
    { input: { [name]: input } },
  );
  expect(preview.userErrors).toEqual([]);
  const { total, credit, toBalance } = preview.invoice ?? none;
  return [total.amount + credit.amount - toBalance.amount, preview.status];
}
const none = { total: { amount: 0 }, credit: { amount: 0 }, toBalance: { amount: 0 } };

/** What a call does come to. */
async function happens(name: string, id: string, input: object): Promise<[number, string]> {
  const before = await shop.costs();
  const { subscription } = await shop.act(name, id, { ...input });
  return [(await shop.costs()) - before, subscription.status];
}

describe("of what a wallet has paid, a preview tells what comes of it", () => {
  test.each([
    ["and its credit is used up", 3000],
    ["and some of its credit is left", 5000],
  ])("%s", async (_what, amount) => {
    await shop.wallet(amount);
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-16");
    for (const quantity of ["3", "1"]) {
      const input = { quantity };
      // oxlint-disable-next-line no-await-in-loop
      const told = await previewOf("changeSubscriptionQuantity", { subscriptionId: id, ...input });
      // oxlint-disable-next-line no-await-in-loop
      expect(await happens("changeSubscriptionQuantity", id, input)).toEqual(told);
    }
    const yearly = { price: { id: await shop.price(36_000, { interval: "YEAR" }) } };
    const told = await previewOf("changeSubscriptionPlan", { subscriptionId: id, ...yearly });
    expect(await happens("changeSubscriptionPlan", id, yearly)).toEqual(told);
  });
});

describe("while the first payment is open, a preview tells what replaces its invoice", () => {
  const replaced = async (input: object = {}): Promise<unknown[]> => {
    await shop.cardWill("decline");
    const id = await shop.sell([await shop.price(3000)], { ...input });
    const change = { quantity: "3" };
    const told = await previewOf("changeSubscriptionQuantity", { subscriptionId: id, ...change });
    const { invoice } = await shop.act("changeSubscriptionQuantity", id, change);
    return [told, invoice?.total.amount];
  };

  test("where a wallet has paid a part of it", async () => {
    await shop.wallet(1000);
    expect(await replaced()).toEqual([[8000, "PENDING"], 8000]);
  });

  test("where a discount was counted with it", async () => {
    expect(await replaced(await halfOff({ duration: "ONCE" }))).toEqual([[4500, "PENDING"], 4500]);
  });
});

const halfOff = async (input: object = {}) => ({ discountCode: await shop.discount("HALF", { ...input }) });

/** A month at 3000 in advance and one at 900 in arrears, at mid-June. */
const sold = async (input: object): Promise<string> => {
  const id = await shop.sell([await shop.price(3000), await shop.price(900, { payInAdvance: false })], {
    ...input,
  });
  await shop.goTo("06-16");
  return id;
};

describe.each([
  ["plainly", async () => ({})],
  ["with half off for ever", async () => halfOff()],
  ["with half off once", async () => halfOff({ duration: "ONCE" })],
  ["with 20 per cent of tax", async () => ({ taxRateIds: [await shop.taxRate(20)] })],
])("%s, a preview tells what comes of", (_what, inputOf) => {
  test.each(["IMMEDIATE", "NEXT_INVOICE", "NONE"])(
    "another quantity and back with %s",
    async (prorationMode) => {
      const id = await sold(await inputOf());
      const itemId = (await shop.state(id)).items.nodes[0]?.id;
      for (const quantity of ["3", "1"]) {
        const input = { itemId, quantity, prorationMode };
        // oxlint-disable-next-line no-await-in-loop
        const told = await previewOf("changeSubscriptionQuantity", { subscriptionId: id, ...input });
        // oxlint-disable-next-line no-await-in-loop
        expect(await happens("changeSubscriptionQuantity", id, input)).toEqual(told);
      }
    },
  );

  test("a cancellation with proration and a reactivation", async () => {
    const id = await sold(await inputOf());
    const input = { mode: "NOW", prorate: true };
    const told = await previewOf("cancelSubscription", { subscriptionId: id, ...input });
    expect(await happens("cancelSubscription", id, input)).toEqual(told);
    await shop.goTo("06-21");
    const again = await previewOf("reactivateSubscription", { subscriptionId: id });
    expect(await happens("reactivateSubscription", id, {})).toEqual(again);
  });

  test("a change of interval", async () => {
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })], { ...(await inputOf()) });
    await shop.goTo("06-16");
    const input = { price: { id: await shop.price(30_000, { interval: "YEAR" }) } };
    const told = await previewOf("changeSubscriptionPlan", { subscriptionId: id, ...input });
    expect(await happens("changeSubscriptionPlan", id, input)).toEqual(told);
  });
});

describe("renewals are told as they come, after", () => {
  const toldUntil = async (id: string, last: string): Promise<number> => {
    const { previewRenewals } = await shop.read(
      `query ($id: ID!) { previewRenewals(subscriptionId: $id, count: 5) { renewals { date amount { amount } } } }`,
      { id },
    );
    const renewals: { date: string; amount: { amount: number } }[] = previewRenewals.renewals;
    return renewals
      .filter(({ date }) => date <= on(last))
      .reduce((sum, { amount }) => sum + amount.amount, 0);
  };

  const cases: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    "a downgrade that waits": (id) =>
      shop.act("changeSubscriptionQuantity", id, { quantity: "2", prorationMode: "NEXT_INVOICE" }),
    "a quantity with NONE": (id) =>
      shop.act("changeSubscriptionQuantity", id, { quantity: "5", prorationMode: "NONE" }),
    "a cancellation at a date": (id) =>
      shop.act("cancelSubscription", id, { mode: "AT_DATE", cancelAt: on("08-11") }),
    "an end of the term": (id) => shop.act("updateSubscription", id, { billingEndsOn: on("08-11") }),
    "another anchor day": (id) => shop.act("updateSubscription", id, { billingAnchorDay: 15 }),
    "a pause of July": (id) =>
      shop.act("pauseSubscription", id, { behavior: "VOID", atPeriodEnd: true, resumesAt: on("07-20") }),
  };

  test.each(Object.keys(cases))("%s", async (name) => {
    const code = await shop.discount("HALF", { duration: "REPEATING", durationCycles: 2 });
    const id = await shop.sell([[await shop.price(3000), 3]], { discountCode: code });
    await shop.goTo("06-16");
    await cases[name]?.(id);
    const told = await toldUntil(id, "08-20");
    const before = await shop.costs();
    await shop.goTo("08-20");
    // What a preview tells of an invoice of a pause, or of what goes to the balance, is not what is paid.
    expect((await shop.costs()) - before).toBe(told);
  });
});
