import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const sent = { collectionMethod: "SEND_INVOICE" };
const cancel = (id: string) => shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });

/** The last invoice of the customer. */
const last = async (): Promise<string> => (await shop.all()).at(-1)?.id ?? "";

describe("what waited for an invoice that is void waits again", () => {
  const changed = async (from: number, to: string): Promise<string> => {
    const id = await shop.sell([[await shop.price(3000), from]], sent);
    await shop.pay(await last());
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: to, prorationMode: "NEXT_INVOICE" });
    await shop.goTo("07-01");
    return id;
  };

  test("a credit", async () => {
    await changed(2, "1");
    // 6000 for June, of which 1500 go back with July's 3000.
    expect(await shop.costs()).toBe(7500);
    await shop.void(await last());
    await shop.goTo("08-01");
    // July is free; August's 3000 with the same 1500 less.
    expect(await shop.costs()).toBe(7500);
  });

  test("a charge", async () => {
    await changed(1, "2");
    expect(await shop.costs()).toBe(3000 + 1500 + 6000);
    await shop.void(await last());
    expect(await shop.costs()).toBe(3000);
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(3000 + 1500 + 6000);
  });

  test("a charge, until the subscription ends", async () => {
    const id = await changed(1, "2");
    await shop.void(await last());
    await shop.goTo("07-11");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    expect(await shop.costs()).toBe(4500);
  });

  test("a credit on a draft that is deleted", async () => {
    const id = await shop.sell([[await shop.price(3000), 2]]);
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "1", prorationMode: "NEXT_INVOICE" });
    await shop.act("pauseSubscription", id, { behavior: "KEEP_AS_DRAFT", atPeriodEnd: true });
    await shop.goTo("07-02");
    await shop.remove(await last());
    await shop.act("resumeSubscription", id);
    await shop.goTo("08-01");
    // 4500 for June, nothing for July, 3000 for August.
    expect(await shop.costs()).toBe(7500);
  });
});

describe("what nobody paid goes back to nobody", () => {
  /** June is paid. July is a draft of the pause, which is over. */
  const withDraft = async (): Promise<string> => {
    const id = await shop.sell([await shop.price(3000)]);
    await shop.goTo("06-21");
    await shop.act("pauseSubscription", id, { behavior: "KEEP_AS_DRAFT" });
    await shop.goTo("07-01");
    await shop.act("resumeSubscription", id);
    return id;
  };

  test("a draft that is deleted after a cancellation at once", async () => {
    await cancel(await withDraft());
    await shop.remove((await shop.all()).find(({ status }) => status === "DRAFT")?.id ?? "");
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
  });

  test("a draft that is deleted after a cancellation in the middle", async () => {
    const id = await withDraft();
    await shop.goTo("07-11");
    await cancel(id);
    await shop.remove((await shop.all()).find(({ status }) => status === "DRAFT")?.id ?? "");
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
  });

  test("a draft that is finalized after that costs the days that were used", async () => {
    const id = await withDraft();
    await shop.goTo("07-11");
    await cancel(id);
    await shop.done("finalizeInvoice", {
      invoice: { id: (await shop.all()).find(({ status }) => status === "DRAFT")?.id },
    });
    // 3000 less 21/31 of it, which are 2032.
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 968, balance: 0 });
  });

  test("a draft that is deleted before the cancellation", async () => {
    const id = await withDraft();
    await shop.remove(await last());
    await cancel(id);
    expect(await shop.costs()).toBe(3000);
  });

  test("an invoice that is not paid is owed for the days that were used", async () => {
    const id = await shop.sell([await shop.price(3000)], sent);
    await shop.goTo("06-16");
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 1500, balance: 0 });
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect(await shop.books()).toMatchObject({ paid: 1500, owes: 0, balance: 0 });
  });

  test("an invoice of which a part is paid", async () => {
    const id = await shop.sell([await shop.price(3000)], sent);
    await shop.pay(await last(), 2000);
    await shop.goTo("06-16");
    await cancel(id);
    // 1500 go back: 1000 that are due, and 500 that were paid.
    expect(await shop.books()).toMatchObject({ paid: 2000, owes: 0, balance: 500 });
  });

  test.each(["voidInvoice", "markInvoiceUncollectible"])("an invoice after %s", async (name) => {
    const id = await shop.sell([await shop.price(3000)], sent);
    const invoiceId = await last();
    await shop.goTo("06-16");
    await cancel(id);
    await shop.done(name, { invoice: { id: invoiceId } });
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0, balance: 0 });
  });

  test.each(["voidInvoice", "markInvoiceUncollectible"])("an invoice before, by %s", async (name) => {
    const id = await shop.sell([await shop.price(3000)], sent);
    await shop.done(name, { invoice: { id: await last() } });
    await shop.goTo("06-16");
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0, balance: 0 });
  });

  test("and a change charges only what is more", async () => {
    const id = await shop.sell([await shop.price(3000)], sent);
    await shop.void(await last());
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // The first unit was taken back for all of June.
    expect(await shop.costs()).toBe(1500);
  });
});

describe("a change whose invoice is void has billed nothing", () => {
  const upgraded = async (): Promise<string> => {
    const id = await shop.sell([await shop.price(3000)], sent);
    await shop.pay(await last());
    await shop.goTo("06-16");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    expect(await shop.costs()).toBe(4500);
    await shop.void(await last());
    return id;
  };

  test("and leaves what was paid before", async () => {
    await upgraded();
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 0 });
  });

  test("and what was paid before goes back when it is canceled", async () => {
    const id = await upgraded();
    await shop.goTo("06-21");
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 1000 });
  });
});
