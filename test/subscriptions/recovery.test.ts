import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { type Shop, openShop } from "./support.ts";

let api: TestApi;
let shop: Shop;
let priceId: string;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  shop = await openShop(api);
  priceId = await shop.newPrice({ unitAmount: "1000" as never });
});
afterAll(() => api?.close());

/** What the customer's means of payment does from now on. */
const cardWill = (sandbox: "succeed" | "decline") =>
  api.database.prisma.customer.updateMany({
    where: { id: shop.customerId },
    data: { metadata: { sandbox_payment: sandbox } },
  });

const subscribe = (values: object = {}) =>
  shop.subscribe({
    items: [{ price: { id: priceId } }],
    collectionMethod: "CHARGE_AUTOMATICALLY",
    ...values,
  });

const stored = (id: string) => api.database.prisma.billingSubscription.findFirstOrThrow({ where: { id } });

/** What a subscription owes, the oldest first. */
const owed = async (subscriptionId: string): Promise<string[]> => {
  const rows = await api.database.prisma.invoice.findMany({
    where: { subscriptionId, amountDue: { gt: 0 } },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(({ id }) => id);
};

const pay = async (id: string | undefined, amount?: number) => {
  const { payInvoice } = await shop.read(
    `mutation ($input: PayInvoiceInput!) { payInvoice(input: $input) {
      invoice { status subscription { status } } userErrors { message } } }`,
    { input: { invoice: { id }, method: "bank_transfer", ...(amount && { amount }) } },
  );
  expect(payInvoice.userErrors).toEqual([]);
  return payInvoice.invoice;
};

/** A subscription whose first period was paid for, and whose next ones were not. */
async function unpaidSince(instant: string): Promise<string> {
  const { id } = await subscribe();
  await cardWill("decline");
  await shop.advanceTo(instant);
  return id;
}

describe("an invoice that is paid by hand", () => {
  test("starts the subscription that waited for it", async () => {
    await cardWill("decline");
    const { id, status } = await subscribe();
    expect(status).toBe("PENDING");
    const [invoiceId] = await owed(id);
    expect(await pay(invoiceId, 400)).toEqual({
      status: "PARTIALLY_PAID",
      subscription: { status: "PENDING" },
    });
    expect(await pay(invoiceId)).toEqual({ status: "PAID", subscription: { status: "ACTIVE" } });
    expect(await shop.events()).toEqual([
      "subscription.created",
      "subscription.updated",
      "subscription.activated",
    ]);
    expect(await stored(id)).toMatchObject({ nextStepAt: new Date("2026-07-01T00:00:00Z") });
  });

  test("ends the dunning of one that was past due", async () => {
    const id = await unpaidSince("2026-07-02T12:00:00Z");
    expect(await stored(id)).toMatchObject({ status: "PAST_DUE", dunningRetries: 1 });
    await pay((await owed(id))[0]);
    expect(await stored(id)).toMatchObject({
      status: "ACTIVE",
      dunningSince: null,
      dunningRetries: 0,
      nextRetryAt: null,
      nextStepAt: new Date("2026-08-01T00:00:00Z"),
    });
    await cardWill("succeed");
    await shop.advanceTo("2026-08-01T00:00:00Z");
    expect([await stored(id), await owed(id)]).toMatchObject([{ status: "ACTIVE" }, []]);
  });

  test("lets one that was unpaid go on, with a period that begins now", async () => {
    const id = await unpaidSince("2026-07-20T00:00:00Z");
    expect(await stored(id)).toMatchObject({ status: "UNPAID" });
    await shop.setNow("2026-09-10T00:00:00Z");
    await pay((await owed(id))[0]);
    expect(await stored(id)).toMatchObject({
      status: "ACTIVE",
      currentPeriodEnd: new Date("2026-09-10T00:00:00Z"),
    });
  });

  test("leaves one past due that owes more, until all of it is paid, also at once", async () => {
    const id = await unpaidSince("2026-07-02T12:00:00Z");
    const { subscription } = await shop.mutate("changeSubscriptionQuantity", {
      subscriptionId: id,
      quantity: "3",
      prorationMode: "IMMEDIATE",
    });
    expect(subscription.status).toBe("PAST_DUE");
    const invoices = await owed(id);
    expect(invoices).toHaveLength(2);
    await pay(invoices[0], 1);
    expect(await stored(id)).toMatchObject({ status: "PAST_DUE" });
    await Promise.all(invoices.map((invoiceId) => pay(invoiceId)));
    expect(await stored(id)).toMatchObject({ status: "ACTIVE" });
  });

  test("changes nothing of one that is active, or has ended", async () => {
    const { id, version } = await subscribe({ collectionMethod: "SEND_INVOICE" });
    const [invoiceId] = await owed(id);
    await pay(invoiceId);
    expect(await stored(id)).toMatchObject({ status: "ACTIVE", version });
    const other = await unpaidSince("2026-07-02T12:00:00Z");
    const { subscription } = await shop.mutate("cancelSubscription", { subscriptionId: other, mode: "NOW" });
    for (const invoice of await owed(other)) await pay(invoice);
    expect(await stored(other)).toMatchObject({ status: "CANCELED", version: subscription.version });
  });
});

describe("an invoice that is made void", () => {
  const voidLast = async (subscriptionId: string) => {
    const [id] = await owed(subscriptionId);
    const { voidInvoice } = await shop.read(
      `mutation ($input: VoidInvoiceInput!) { voidInvoice(input: $input) {
        invoice { status subscription { status } } userErrors { message } } }`,
      { input: { invoice: { id } } },
    );
    expect(voidInvoice.userErrors).toEqual([]);
    return voidInvoice.invoice;
  };

  test("lets go on what was unpaid or past due, and owes nothing more", async () => {
    const pastDue = await unpaidSince("2026-07-02T12:00:00Z");
    expect(await voidLast(pastDue)).toEqual({ status: "VOID", subscription: { status: "ACTIVE" } });
    expect(await stored(pastDue)).toMatchObject({ nextRetryAt: null, dunningSince: null });
    await cardWill("succeed");
    const unpaid = await unpaidSince("2026-08-25T00:00:00Z");
    expect(await stored(unpaid)).toMatchObject({ status: "UNPAID" });
    expect(await voidLast(unpaid)).toEqual({ status: "VOID", subscription: { status: "ACTIVE" } });
  });

  test("starts nothing that waits for its first payment", async () => {
    await cardWill("decline");
    const { id } = await subscribe();
    expect(await voidLast(id)).toEqual({ status: "VOID", subscription: { status: "PENDING" } });
    await shop.advanceTo("2026-08-01T00:00:00Z");
    expect(await stored(id)).toMatchObject({ status: "EXPIRED" });
  });
});
