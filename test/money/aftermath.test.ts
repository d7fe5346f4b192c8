import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type MoneyShop, openMoneyShop } from "./support.ts";

let api: TestApi;
let shop: MoneyShop;
beforeAll(async () => void (api = await startApi()));
beforeEach(async () => void (shop = await openMoneyShop(api)));
afterAll(() => api.close());

const cancel = (id: string) => shop.act("cancelSubscription", id, { mode: "NOW", prorate: true });
const reactivate = (id: string) => shop.act("reactivateSubscription", id);
const quantity = (id: string, units: number) =>
  shop.act("changeSubscriptionQuantity", id, { quantity: String(units) });
const plan = async (id: string, unitAmount: number) =>
  shop.act("changeSubscriptionPlan", id, { price: { id: await shop.price(unitAmount) } });

/** A month at 3000 that was paid, at mid-June, and its invoice. */
async function midJune(input: object = {}): Promise<{ id: string; invoiceId: string }> {
  const id = await shop.sell([await shop.price(3000)], { ...input });
  const [invoice] = await shop.all();
  await shop.goTo("06-16");
  return { id, invoiceId: invoice?.id ?? "" };
}
const last = async (): Promise<string> => (await shop.all()).at(-1)?.id ?? "";

describe("after a refund or a note", () => {
  test("of all of it, a cancellation and a reactivation come to nothing", async () => {
    const { id, invoiceId } = await midJune();
    await shop.refund(invoiceId);
    await cancel(id);
    await reactivate(id);
    expect(await shop.costsAt("06-16", "07-01")).toEqual([0, 3000]);
  });

  test("of a fifth, a cancellation and a reactivation come to nothing", async () => {
    const { id, invoiceId } = await midJune();
    await shop.note(invoiceId, { amount: 600 });
    await cancel(id);
    // Half of the 2400 that are left.
    expect(await shop.costs()).toBe(1200);
    await reactivate(id);
    expect(await shop.costsAt("06-16", "07-01")).toEqual([2400, 5400]);
  });

  test("of a fifth with tax, as much tax goes back as belongs to it", async () => {
    const { id, invoiceId } = await midJune({ taxRateIds: [await shop.taxRate(20)] });
    await shop.refund(invoiceId, 720);
    await cancel(id);
    // Half of the 2880 that are left.
    expect(await shop.costs()).toBe(1440);
  });

  test("of an upgrade's own invoice, what the first one had paid for goes back", async () => {
    const { id } = await midJune();
    await plan(id, 6000);
    expect(await shop.costs()).toBe(4500);
    await shop.refund(await last());
    expect(await shop.costs()).toBe(3000);
    await cancel(id);
    // The first half of June is used. The second half had cost 3000, of which 1500 were refunded.
    expect(await shop.costs()).toBe(1500);
  });

  test("of what a downgrade has left, a cancellation gives back what was charged anew", async () => {
    const { id, invoiceId } = await midJune();
    await plan(id, 1000);
    await shop.refused("createCreditNote", { invoice: { id: invoiceId }, amount: 1501 });
    await shop.note(invoiceId, { amount: 1500 });
    expect(await shop.costs()).toBe(500);
    await cancel(id);
    expect(await shop.costs()).toBe(0);
  });

  test("which was void again, a change counts all of what was paid", async () => {
    const { id, invoiceId } = await midJune();
    const { creditNote } = await shop.done("createCreditNote", {
      invoice: { id: invoiceId },
      amount: 1000,
      creditMethod: "CUSTOMER_BALANCE",
    });
    await shop.done("voidCreditNote", { creditNote: { id: creditNote.id } });
    await plan(id, 1000);
    expect(await shop.costs()).toBe(2000);
  });
});

describe("after a pause whose July nobody was asked to pay", () => {
  /** Resumed in the middle of July. */
  const resumed = async (behavior: string): Promise<string> => {
    const { id } = await midJune();
    await shop.act("pauseSubscription", id, { behavior });
    await shop.goTo("07-16T12:00:00Z");
    await shop.act("resumeSubscription", id);
    return id;
  };

  test.each(["VOID", "MARK_UNCOLLECTIBLE"])("with %s a change charges what is more", async (behavior) => {
    const id = await resumed(behavior);
    await quantity(id, 2);
    // The first unit of July was waived; half of another one is 1500.
    expect(await shop.costsAt("07-17", "08-01")).toEqual([4500, 10_500]);
  });

  test("with KEEP_AS_DRAFT a change takes from the draft what it charges anew", async () => {
    const id = await resumed("KEEP_AS_DRAFT");
    await quantity(id, 2);
    // Two units for half of July are asked for; the draft is for the first half of it.
    expect(await shop.costs()).toBe(6000);
    const draft = (await shop.all()).find(({ status }) => status === "DRAFT");
    await shop.done("finalizeInvoice", { invoice: { id: draft?.id } });
    expect(await shop.costs()).toBe(7500);
  });

  test("with KEEP_AS_DRAFT the draft can still be asked for", async () => {
    await resumed("KEEP_AS_DRAFT");
    const draft = (await shop.all()).find(({ status }) => status === "DRAFT");
    await shop.done("finalizeInvoice", { invoice: { id: draft?.id } });
    expect(await shop.costsAt("07-31", "08-01")).toEqual([6000, 9000]);
  });
});

describe("what is past due", () => {
  const pastDue = async (): Promise<string> => {
    const { id } = await midJune();
    await shop.cardWill("decline");
    await shop.goTo("07-02");
    expect((await shop.state(id)).status).toBe("PAST_DUE");
    return id;
  };

  test("and canceled with proration owes what was used, and is past due when it comes back", async () => {
    const id = await pastDue();
    await cancel(id);
    // One of the 31 days of July: 3000 less 2903.
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 97, balance: 0 });
    await reactivate(id);
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 3000, balance: 0 });
    expect((await shop.state(id)).status).toBe("PAST_DUE");
    for (const { id: invoiceId } of await shop.open()) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.pay(invoiceId);
    }
    expect((await shop.state(id)).status).toBe("ACTIVE");
    await shop.cardWill("succeed");
    expect(await shop.costsAt("08-01")).toEqual([9000]);
  });

  test("and changed to less owes less", async () => {
    const id = await pastDue();
    await plan(id, 1000);
    // 97 for a day at 3000, and 30/31 of 1000.
    expect(await shop.books()).toMatchObject({ paid: 3000, owes: 97 + 968, balance: 0 });
    expect((await shop.state(id)).status).toBe("PAST_DUE");
  });

  test("and void lets it go on, and August is billed", async () => {
    const id = await pastDue();
    await shop.void((await shop.open())[0]?.id ?? "");
    expect((await shop.state(id)).status).toBe("ACTIVE");
    await shop.cardWill("succeed");
    expect(await shop.costsAt("08-01")).toEqual([6000]);
  });
});

describe("a year", () => {
  test("whose quantity goes up and down costs each month at what it was", async () => {
    shop = await openMoneyShop(api, "01-01");
    const id = await shop.sell([await shop.price(36_500, { interval: "YEAR" })]);
    for (const [day, units] of [
      ["02-01", 4],
      ["03-01", 1],
      ["07-01", 2],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      await shop.goTo(day);
      // oxlint-disable-next-line no-await-in-loop
      await quantity(id, units);
    }
    // Days at 100: 31 × 1 + 28 × 4 + 122 × 1 + 184 × 2.
    expect(await shop.costsAt("12-31", "2027-01-01")).toEqual([63_300, 63_300 + 73_000]);
  });

  test("in arrears likewise", async () => {
    shop = await openMoneyShop(api, "01-01");
    const id = await shop.sell([await shop.price(36_500, { interval: "YEAR", payInAdvance: false })]);
    await shop.goTo("02-01");
    await quantity(id, 4);
    await shop.goTo("03-01");
    await quantity(id, 1);
    await shop.goTo("07-01");
    await shop.act("cancelSubscription", id, { mode: "NOW" });
    expect(await shop.costs()).toBe(3100 + 11_200 + 12_200);
    await reactivate(id);
    expect(await shop.costsAt("12-31", "2027-01-01")).toEqual([26_500, 44_900]);
  });
});
