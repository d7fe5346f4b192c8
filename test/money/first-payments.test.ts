import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, on, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => {
  shop = await openMoneyShop(api);
  await shop.cardWill("decline");
});
afterAll(() => api.close());

/** A subscription at 100 whose first payment was declined, and the invoice of it. */
async function declined(input: object = {}): Promise<{ id: string; invoiceId: string }> {
  const id = await shop.sell([await shop.price(100)], { ...input });
  expect(await shop.state(id)).toMatchObject({ status: "PENDING" });
  const [invoice] = await shop.open();
  return { id, invoiceId: invoice?.id ?? "" };
}

const status = async (id: string): Promise<string> => (await shop.state(id)).status;

describe("a change before the first payment replaces what is asked for", () => {
  test("by more: 100 are not enough for a plan of 100000", async () => {
    const { id, invoiceId } = await declined();
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(100_000) } });
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 100_000, balance: 0 });
    await shop.refused("payInvoice", { invoice: { id: invoiceId }, method: "cash" });
    expect(await status(id)).toBe("PENDING");
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect(await status(id)).toBe("ACTIVE");
    expect(await shop.books()).toMatchObject({ paid: 100_000, owes: 0, balance: 0 });
  });

  test.each([
    ["changeSubscriptionQuantity", async () => ({ quantity: "3" }), 300],
    ["addSubscriptionItem", async () => ({ item: { price: { id: await shop.price(900) } } }), 1000],
    ["changeSubscriptionPlan", async () => ({ price: { id: await shop.price(40) } }), 40],
  ])("by %s", async (name, input, amount) => {
    const { id } = await declined();
    await shop.goTo("06-11");
    // The first period is billed whole: nothing of it was used without being paid for.
    await shop.act(name, id, await input());
    expect(await shop.costs()).toBe(amount);
    expect(await status(id)).toBe("PENDING");
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect(await status(id)).toBe("ACTIVE");
    await shop.cardWill("succeed");
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(2 * amount);
  });

  test("and is charged for at once", async () => {
    const { id } = await declined();
    await shop.cardWill("succeed");
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    expect(await shop.books()).toMatchObject({ paid: 300, owes: 0, balance: 0 });
    expect(await status(id)).toBe("ACTIVE");
  });

  test("of which a part was paid: that part counts", async () => {
    const { id, invoiceId } = await declined();
    await shop.pay(invoiceId, 40);
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) } });
    expect(await shop.costs()).toBe(1000);
    expect(await status(id)).toBe("PENDING");
    for (const { id: open } of await shop.open()) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.pay(open);
    }
    expect(await status(id)).toBe("ACTIVE");
    expect(await shop.books()).toMatchObject({ owes: 0, balance: 0 });
  });

  test("for the period that it was for, though the day of the month has changed", async () => {
    const { id } = await declined();
    await shop.act("updateSubscription", id, { billingAnchorDay: 5 });
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    expect(await shop.costs()).toBe(300);
  });

  test("of which a part was paid and went back", async () => {
    const { id, invoiceId } = await declined();
    await shop.pay(invoiceId, 40);
    await shop.refund(invoiceId, 40);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "3" });
    expect(await status(id)).toBe("PENDING");
    const [open, ...none] = await shop.open();
    expect(none).toEqual([]);
    await shop.pay(open?.id ?? "");
    expect(await status(id)).toBe("ACTIVE");
    expect(await shop.costs()).toBe(300);
  });

  test("with a discount once, which is not used up by the invoice that was replaced", async () => {
    const code = await shop.discount("HALF", { duration: "ONCE" });
    const { id } = await declined({ discountCode: code });
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(1000) } });
    expect(await shop.costs()).toBe(500);
    await shop.pay((await shop.open())[0]?.id ?? "");
    await shop.cardWill("succeed");
    await shop.goTo("07-01");
    expect(await shop.costs()).toBe(1500);
  });
});

describe("what was never paid for does not begin by an ending", () => {
  test("canceled now and reactivated", async () => {
    const { id } = await declined();
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0, balance: 0 });
    await shop.refused("reactivateSubscription", { subscriptionId: id });
    expect(await status(id)).toBe("CANCELED");
    await shop.goTo("08-01");
    expect(await shop.costs()).toBe(0);
  });

  test("canceled before its start and reactivated, it waits for its start again", async () => {
    await shop.cardWill("succeed");
    const id = await shop.sell([await shop.price(100)], { startDate: on("06-21") });
    await shop.goTo("06-11");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(await status(id)).toBe("PENDING");
    await shop.goTo("06-22");
    expect(await status(id)).toBe("ACTIVE");
    await shop.goTo("07-21");
    expect(await shop.costs()).toBe(200);
  });

  test("canceled with proration, of which a part was paid, gives that part back", async () => {
    const { id, invoiceId } = await declined();
    await shop.pay(invoiceId, 40);
    await shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
    expect(await shop.costs()).toBe(0);
    expect(await shop.books()).toMatchObject({ owes: 0 });
  });
});

describe("an invoice of what ended before it began is void", () => {
  test.each([
    ["expired, as nobody paid", {}, "07-01"],
    ["at the end of its term", { billingEndsOn: on("06-20") }, "06-20"],
    ["at the end of its period", { cancelAtPeriodEnd: true }, "07-01"],
  ])("%s", async (_what, input, day) => {
    const { id, invoiceId } = await declined(input);
    await shop.goTo(day);
    const ended = await status(id);
    expect(["CANCELED", "EXPIRED"]).toContain(ended);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0, balance: 0 });
    await shop.refused("payInvoice", { invoice: { id: invoiceId }, method: "cash" });
    expect(await status(id)).toBe(ended);
  });

  test("expired, of which a part was paid: that part is given back", async () => {
    const { id, invoiceId } = await declined();
    await shop.pay(invoiceId, 40);
    await shop.goTo("07-02");
    expect(await status(id)).toBe("EXPIRED");
    expect(await shop.costs()).toBe(0);
    expect(await shop.books()).toMatchObject({ owes: 0 });
  });

  test("after its start in the future was declined", async () => {
    const id = await shop.sell([await shop.price(100)], { startDate: on("06-11") });
    await shop.goTo("06-12");
    expect(await status(id)).toBe("PENDING");
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 100 });
    await shop.goTo("07-12");
    expect(await status(id)).toBe("EXPIRED");
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0 });
  });
});

describe("what is owed survives a cancellation", () => {
  const owing = async (day: string): Promise<string> => {
    await shop.cardWill("succeed");
    const id = await shop.sell([await shop.price(100)]);
    await shop.cardWill("decline");
    await shop.goTo(day);
    return id;
  };

  test.each([
    ["07-03", "PAST_DUE"],
    ["07-10", "UNPAID"],
  ])("on %s it is %s again when it is reactivated", async (day, before) => {
    const id = await owing(day);
    expect(await status(id)).toBe(before);
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.act("reactivateSubscription", id);
    expect(["PAST_DUE", "UNPAID"]).toContain(await status(id));
    expect(await shop.books()).toMatchObject({ paid: 100, owes: 100 });
    await shop.pay((await shop.open())[0]?.id ?? "");
    expect(await status(id)).toBe("ACTIVE");
  });

  test("and what was paid in between lets it be ACTIVE", async () => {
    const id = await owing("07-03");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.pay((await shop.open())[0]?.id ?? "");
    await shop.act("reactivateSubscription", id);
    expect(await status(id)).toBe("ACTIVE");
  });

  test("refunded to the last cent, it is free of it", async () => {
    const id = await owing("07-03");
    const [invoice] = await shop.open();
    await shop.pay(invoice?.id ?? "", 40);
    expect(await status(id)).toBe("PAST_DUE");
    await shop.refund(invoice?.id ?? "");
    expect(await shop.books()).toMatchObject({ paid: 100, owes: 0 });
    expect(await status(id)).toBe("ACTIVE");
  });
});
