import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const cancel = (id: string) => shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });

/** A month at 3000 with 20 per cent of tax, of which a wallet pays so much. */
async function withGift(amount: number, day: string): Promise<string> {
  await shop.wallet(amount);
  const id = await shop.sell([await shop.price(3000)], { taxRateIds: [await shop.taxRate(20)] });
  await shop.goTo(day);
  return id;
}

/** Puts money on the balance: an invoice by hand that is paid and credited. */
async function giveBalance(amount: number): Promise<void> {
  const { invoice } = await shop.done("createInvoice", {
    customer: { id: shop.customerId },
    currency: "USD",
    lines: [{ description: "Deposit", unitAmount: String(amount) }],
  });
  await shop.done("finalizeInvoice", { invoice: { id: invoice.id } });
  await shop.pay(invoice.id);
  await shop.note(invoice.id, { amount });
}

const last = async (): Promise<string> => (await shop.all()).at(-1)?.id ?? "";

describe("what a wallet paid goes back to the wallet", () => {
  test.each([
    // The wallet paid all of it, so no tax was charged.
    ["all of it, at once", 3000, "06-01", { paid: 0, balance: 0, wallet: 3000 }],
    ["all of it, half used", 3000, "06-16", { paid: 0, balance: 0, wallet: 1500 }],
    // The wallet paid 1000, and 2000 were charged with 20 per cent.
    ["a third of it, at once", 1000, "06-01", { paid: 2400, balance: 2400, wallet: 1000 }],
    ["a third of it, half used", 1000, "06-16", { paid: 2400, balance: 1200, wallet: 500 }],
  ])("%s", async (_what, amount, day, books) => {
    await cancel(await withGift(amount, day));
    expect(await shop.books()).toEqual({ owes: 0, ...books });
  });

  test("when the rest of a month gets smaller, too", async () => {
    const id = await withGift(3000, "06-16");
    await shop.act("removeSubscriptionItem", id, {
      itemId: (
        await shop.act("addSubscriptionItem", id, {
          item: { price: { id: await shop.price(0) } },
        })
      ).subscription.items.nodes[0]?.id,
    });
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 1500 });
  });

  test("and pays again for what is reactivated", async () => {
    const id = await withGift(3000, "06-16");
    await cancel(id);
    await shop.act("reactivateSubscription", id);
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 0 });
  });
});

describe("an invoice that nobody was charged for can be taken back", () => {
  test("to the balance that paid it", async () => {
    await giveBalance(5000);
    const id = await shop.sell([await shop.price(3000)]);
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 2000 });
    await shop.void(await last());
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 5000 });
    // Nothing of it can be given back again.
    await cancel(id);
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 5000 });
  });

  test("to the wallet that paid it", async () => {
    const id = await withGift(3000, "06-01");
    await shop.void(await last());
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 3000 });
    await cancel(id);
    expect(await shop.books()).toEqual({ paid: 0, owes: 0, balance: 0, wallet: 3000 });
  });

  test("to both, where both paid", async () => {
    await giveBalance(5000);
    await withGift(1000, "06-01");
    // 2000 with 20 per cent came from the balance.
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 2600, wallet: 0 });
    await shop.void(await last());
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 5000, wallet: 1000 });
  });
});

describe("voiding an invoice takes back what it put on the balance", () => {
  const downgraded = async (): Promise<string> => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) } });
    expect(await shop.books()).toMatchObject({ paid: 3000, balance: 1000 });
    return id;
  };

  test("while it is there", async () => {
    await downgraded();
    await shop.void(await last());
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
  });

  test("and is refused once it was used", async () => {
    await downgraded();
    const invoiceId = await last();
    await shop.goTo("07-01");
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
    await shop.refused("voidInvoice", { invoice: { id: invoiceId } });
    expect(await shop.costs()).toBe(3000);
  });
});
