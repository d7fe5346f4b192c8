import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const cancel = (id: string) => shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });

/** A month at 3000 that was paid, on 11 June with 20 of its 30 days left, and its invoice. */
async function paidMonth(input: object = {}): Promise<{ id: string; invoiceId: string }> {
  const id = await shop.sell([await shop.price(3000)], { ...input });
  const [invoice] = await shop.all();
  await shop.goTo("06-11");
  return { id, invoiceId: invoice?.id ?? "" };
}

describe("what went back before a cancellation is not given back by it", () => {
  test("a refund in full", async () => {
    const { id, invoiceId } = await paidMonth();
    await shop.refund(invoiceId);
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 0, owes: 0, balance: 0 });
  });

  test("a refund of a part", async () => {
    const { id, invoiceId } = await paidMonth();
    await shop.refund(invoiceId, 600);
    await cancel(id);
    // A fifth of every day went back: of the 2000 that are unused, 1600 are left.
    expect(await shop.books()).toMatchObject({ paid: 2400, owes: 0, balance: 1600 });
  });

  test.each(["CUSTOMER_BALANCE", "REFUND_TO_PAYMENT_METHOD"])(
    "a credit note by amount with %s",
    async (creditMethod) => {
      const { id, invoiceId } = await paidMonth();
      await shop.note(invoiceId, { amount: 3000, creditMethod });
      await cancel(id);
      expect(await shop.costs()).toBe(0);
    },
  );

  test("a credit note by amount of a part", async () => {
    const { id, invoiceId } = await paidMonth();
    await shop.note(invoiceId, { amount: 600 });
    await cancel(id);
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 0, balance: 600 + 1600 });
  });

  test("a credit note that is void again counts for nothing", async () => {
    const { id, invoiceId } = await paidMonth();
    const { creditNote } = await shop.done("createCreditNote", {
      invoice: { id: invoiceId },
      amount: 3000,
      creditMethod: "CUSTOMER_BALANCE",
    });
    await shop.done("voidCreditNote", { creditNote: { id: creditNote.id } });
    await cancel(id);
    expect(await shop.costs()).toBe(1000);
  });

  test("and a change after a refund in full charges only what is more", async () => {
    const { id, invoiceId } = await paidMonth();
    await shop.refund(invoiceId);
    await shop.act("changeSubscriptionQuantity", id, { quantity: "2" });
    // The first unit was waived; the second one costs 20 days at 100.
    expect(await shop.costs()).toBe(2000);
  });
});

describe("what was refunded of time in arrears is not billed again", () => {
  test("after a cancellation and a reactivation", async () => {
    const id = await shop.sell([await shop.price(3000, { payInAdvance: false })]);
    await shop.goTo("06-21");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    await shop.refund((await shop.all())[0]?.id ?? "");
    await shop.act("reactivateSubscription", id);
    // 20 days were billed and given back; the other ten are billed.
    expect(await shop.costsAt("06-30", "07-01", "08-01")).toEqual([0, 1000, 4000]);
  });
});

describe("what a cancellation gave back is not given back again", () => {
  test.each([
    ["createCreditNote", { creditMethod: "CUSTOMER_BALANCE" }],
    ["createCreditNote", { creditMethod: "REFUND_TO_PAYMENT_METHOD" }],
    ["refundInvoice", {}],
  ])("by %s with %j", async (name, more) => {
    const { id, invoiceId } = await paidMonth();
    await cancel(id);
    expect(await shop.costs()).toBe(1000);
    const invoice = { id: invoiceId };
    expect(await shop.refused(name, { invoice, amount: 1001, ...more })).toHaveLength(1);
    await shop.done(name, { invoice, amount: 1000, ...more });
    expect(await shop.costs()).toBe(0);
  });

  test("by notes for a line: what is left of it is 1000", async () => {
    const { id, invoiceId } = await paidMonth();
    await cancel(id);
    const [invoice] = await shop.all();
    const line = invoice?.lines.nodes[0]?.id;
    const more = { invoice: { id: invoiceId }, lines: [{ line, amount: 1001 }] };
    expect(await shop.refused("createCreditNote", more)).toHaveLength(1);
    expect(await shop.note(invoiceId, { lines: [{ line }] })).toBe(1000);
    expect(await shop.costs()).toBe(0);
    const again = { invoice: { id: invoiceId }, lines: [{ line }] };
    expect(await shop.refused("createCreditNote", again)).toHaveLength(1);
  });
});

describe("tax goes back at the rates that it was charged at", () => {
  const taxed = async (before: number | null, after: number | null, day: string): Promise<string> => {
    const rate = before === null ? [] : [await shop.taxRate(before)];
    const id = await shop.sell([await shop.price(10_000)], { taxRateIds: rate });
    await shop.goTo(day);
    await shop.act("updateSubscription", id, {
      taxRateIds: after === null ? [] : [await shop.taxRate(after)],
    });
    return id;
  };

  test.each([
    ["none, and 20 per cent since", null, 20, "06-01", 10_000, 10_000],
    ["20 per cent, and none since", 20, null, "06-01", 12_000, 12_000],
    ["20 per cent, and 10 per cent since", 20, 10, "06-01", 12_000, 12_000],
    ["none, and 20 per cent since, half of it used", null, 20, "06-16", 10_000, 5000],
    ["20 per cent, and none since, half of it used", 20, null, "06-16", 12_000, 6000],
  ])("%s", async (_what, before, after, day, paid, balance) => {
    await cancel(await taxed(before, after, day));
    expect(await shop.books()).toMatchObject({ paid, owes: 0, balance });
  });

  test("and the new terms are taxed at those of today", async () => {
    const id = await taxed(20, 10, "06-16");
    await shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(4000) } });
    // 6000 of 12000 go back; half a month at 4000 with 10 per cent is 2200.
    expect(await shop.books()).toMatchObject({ paid: 12_000, owes: 0, balance: 3800 });
  });

  test("a line that is given back in parts comes to what it cost", async () => {
    for (const [quantity, total] of [
      [2, 215],
      [3, 323],
      [7, 753],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const parts = await unitsGivenBack(quantity);
      // 7.5 per cent of 200, 300 and 700 are 15, 22.5 and 52.5; parts of a line add up to the line.
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
      expect(parts.every((part) => part === 107 || part === 108)).toBe(true);
      expect(parts[0]).toBe(108);
    }
  });

  /** Units at 100 with 7.5 per cent on an invoice that is paid, given back one by one. */
  const unitsGivenBack = async (quantity: number): Promise<number[]> => {
    const { invoice } = await shop.done("createInvoice", {
      customer: { id: shop.customerId },
      currency: "USD",
      lines: [{ description: "Unit", quantity: String(quantity), unitAmount: "100" }],
      taxRates: [await shop.taxRate(7.5)],
    });
    await shop.done("finalizeInvoice", { invoice: { id: invoice.id } });
    await shop.pay(invoice.id);
    const [line] = (await shop.all()).find(({ id }) => id === invoice.id)?.lines.nodes ?? [];
    const parts: number[] = [];
    for (let unit = 0; unit < quantity; unit += 1) {
      // oxlint-disable-next-line no-await-in-loop
      parts.push(
        await shop.note(invoice.id, { creditMethod: "EXTERNAL", lines: [{ line: line?.id, quantity: "1" }] }),
      );
    }
    return parts;
  };
});
