import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestApi, startApi } from "../kit/api.ts";
import { times } from "../reads/fixtures.ts";
import { observe } from "../reads/statements.ts";
import { type Shop, openShop } from "../subscriptions/support.ts";

let api: TestApi;
let shop: Shop;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  shop = await openShop(api);
});

const document = `mutation ($input: CreateCreditNoteInput!) { createCreditNote(input: $input) {
  created creditNote { id amount { amount } } subscription { id status cancellationReason endedAt }
  userErrors { __typename code path } } }`;
const credit = async (input: object) => (await shop.read(document, { input })).createCreditNote;

/** A subscription at 10 dollars a month that is paid for, and its invoice. */
async function subscribe() {
  const { subscription, invoice } = await shop.mutate("createSubscription", {
    customer: { id: shop.customerId },
    items: [{ price: { id: await shop.newPrice() } }],
  });
  expect(invoice.status).toBe("PAID");
  return { subscriptionId: subscription.id, invoice: { number: invoice.number } };
}

const statusOf = async (id: string) =>
  (await shop.read("query ($id: ID!) { subscription(id: $id) { status } }", { id })).subscription.status;

describe("a note that cancels the subscription", () => {
  it("does both at once, credits no time besides, and does it once for a key", async () => {
    const { subscriptionId, invoice } = await subscribe();
    await shop.setNow("2026-06-11T00:00:00.000Z");
    const input = {
      invoice,
      proration: { daysTotal: 30, daysUnused: 20 },
      creditMethod: "CUSTOMER_BALANCE",
      reason: "Moved away",
      cancelSubscription: true,
      idempotencyKey: "moved",
    };
    expect(await credit(input)).toMatchObject({
      created: true,
      creditNote: { amount: { amount: 667 } },
      subscription: {
        id: subscriptionId,
        status: "CANCELED",
        cancellationReason: "Moved away",
        endedAt: "2026-06-11T00:00:00.000Z",
      },
      userErrors: [],
    });
    expect(await credit(input)).toMatchObject({ created: false, subscription: null, userErrors: [] });
    expect(await credit({ ...input, cancelSubscription: false })).toMatchObject({
      userErrors: [{ __typename: "IdempotencyConflict" }],
    });
    const { customer } = await shop.read(
      "query ($id: ID!) { customer(id: $id) { balances { amount } invoices { totalCount } } }",
      { id: shop.customerId },
    );
    expect(customer).toEqual({ balances: [{ amount: 667 }], invoices: { totalCount: 1 } });
    expect(await shop.events()).toContain("subscription.canceled");
  });

  it("leaves a subscription that has ended as it is", async () => {
    const { subscriptionId, invoice } = await subscribe();
    await shop.mutate("cancelSubscription", { subscriptionId, mode: "NOW", reason: "Enough" });
    expect(await credit({ invoice, amount: 100, cancelSubscription: true })).toMatchObject({
      subscription: { status: "CANCELED", cancellationReason: "Enough" },
    });
  });

  it("is refused as a whole where a schedule drives the subscription, and for an invoice of none", async () => {
    const { subscriptionId, invoice } = await subscribe();
    await shop.insert("SubscriptionSchedule", {
      subscriptionId,
      customerId: shop.customerId,
      status: "ACTIVE",
      endBehavior: "RELEASE",
    });
    const refused = { creditNote: null, created: false, subscription: null };
    expect(await credit({ invoice, amount: 100, cancelSubscription: true })).toEqual({
      ...refused,
      userErrors: [{ __typename: "InputError", code: "CONFLICT", path: ["cancelSubscription"] }],
    });
    expect(await statusOf(subscriptionId)).toBe("ACTIVE");
    const byHand = await shop.insert("Invoice", {
      customerId: shop.customerId,
      number: "INV-BY-HAND",
      subtotal: 500n,
      total: 500n,
      amountPaid: 500n,
    });
    expect(await credit({ invoice: { id: byHand }, amount: 100, cancelSubscription: true })).toMatchObject({
      ...refused,
      userErrors: [{ code: "ILLEGAL_STATE", path: ["cancelSubscription"] }],
    });
    expect((await shop.read("{ creditNotes { totalCount } }")).creditNotes.totalCount).toBe(0);
  });

  it("asks for the scope of subscriptions, too", async () => {
    const key = await api.keyWith("credit_notes:write");
    const input = { invoice: { number: "INV-1" }, amount: 1 };
    const send = (more: object) => api.graphql(document, { input: { ...input, ...more } }, { key });
    const { errors } = await send({ cancelSubscription: true });
    expect(errors?.[0]?.message).toBe("This key lacks the scope subscriptions:write.");
    const others = (await send({ cancelSubscription: false })).errors?.map(({ message }) => message) ?? [];
    expect(others).not.toContain(errors?.[0]?.message);
  });
});

describe("reads", () => {
  it("payments tell how much of them can be given back, in one statement for all", async () => {
    const text = `{ customers { nodes { invoicePayments { nodes { amount { amount }
      reversalEligibility { canReverse operations maxAmount { amount } reason } } } } } }`;
    const counts: number[] = [];
    for (const count of [1, 9]) {
      for (const index of times(count, (one) => one)) {
        const { customerId } = shop;
        const money = { subtotal: 500n, total: 500n, amountPaid: 500n, amountRefunded: BigInt(index) };
        const invoiceId = await shop.insert("Invoice", { customerId, ...money });
        await shop.insert("InvoicePayment", { customerId, invoiceId, amount: 500n });
      }
      const { data, statements } = await observe(api, text, {}, shop.key);
      counts.push(statements.length);
      expect(data.customers.nodes[0].invoicePayments.nodes).toContainEqual({
        amount: { amount: 500 },
        reversalEligibility: {
          canReverse: true,
          operations: ["REFUND", "CREDIT_NOTE"],
          maxAmount: { amount: 500 },
          reason: null,
        },
      });
    }
    expect(counts).toEqual([4, 4]);
  });

  it("notes nested under customers, invoices and lines are one statement a level", async () => {
    const text = `{ customers(first: 1) { nodes { creditNotes(first: 50) { nodes { amount { amount } invoice { number
      creditNotes { nodes { number } } } lines { nodes { amount { amount } invoiceLine { description } } } } } } } }`;
    const counts: number[] = [];
    for (const count of [1, 9, 20]) {
      for (const index of times(count, (one) => one)) {
        const { customerId } = shop;
        const invoiceId = await shop.insert("Invoice", {
          customerId,
          subtotal: 500n,
          total: 500n,
          amountPaid: 500n,
        });
        const invoiceLineId = await shop.insert("InvoiceLine", { invoiceId });
        const number = `CN-${count}-${index}`;
        const creditNoteId = await shop.insert("CreditNote", { customerId, invoiceId, number });
        await shop.insert("CreditNoteLine", { creditNoteId, invoiceLineId });
      }
      const { data, statements, errors } = await observe(api, text, {}, shop.key);
      expect(errors).toBeUndefined();
      expect(data.customers.nodes[0].creditNotes.nodes[0].lines.nodes).toHaveLength(1);
      counts.push(statements.length);
    }
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBe(6);
  });
});
