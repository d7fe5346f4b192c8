import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInvoices } from "../../src/domains/invoices/index.ts";
import { moveBalances } from "../../src/domains/customers/index.ts";
import { newId } from "../../src/kit/ids.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { at, insert } from "../reads/fixtures.ts";
import { draft, inTransaction, line, newCustomer, now } from "./support.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const create = async (...drafts: Parameters<typeof createInvoices>[1]) =>
  (await inTransaction(api, (transaction) => createInvoices(transaction, drafts))).result;

const vat = { id: newId(), name: "VAT", percentage: 20, inclusive: false };

describe("invoices of a billing run", () => {
  it("add up, with discounts before taxes before credit", async () => {
    const customerId = await newCustomer(api, { name: "Ann", addressLine1: "1 Main Street" });
    await insert(api, "TaxRate", [vat as never]);
    const credit = { customerId, currency: "USD", amount: 1_500n, description: "Goodwill", now };
    await inTransaction(api, (transaction) => moveBalances(transaction, [credit]));
    const off = {
      redemptionId: null,
      description: "10 %",
      type: "PERCENTAGE",
      value: 10n,
      scope: "ENTIRE_ORDER",
      productIds: [],
    } as const;
    const [created] = await create(
      draft(customerId, {
        lines: [line(10_000n), line(5_001n)],
        discounts: [off],
        taxRates: [vat],
        finalize: true,
        advanceTo: "SENT",
      }),
    );
    expect(created).toMatchObject({
      created: true,
      invoice: {
        status: "SENT",
        number: "INV-000001",
        subtotal: 15_001n,
        discount: 1_500n,
        credit: 1_500n,
        tax: 2_700n,
        total: 14_701n,
        amountDue: 14_701n,
        issuedAt: now,
        dueAt: now,
        customerSnapshot: { name: "Ann", address: { line1: "1 Main Street" } },
        sellerSnapshot: { name: "Test merchant" },
      },
    });
    const lines = await api.database.prisma.invoiceLine.findMany({
      where: { invoiceId: created?.invoice.id ?? "" },
      orderBy: { position: "asc" },
      include: { taxes: true },
    });
    const sum = (name: "amount" | "discount" | "credit" | "tax") =>
      lines.reduce((sofar, one) => sofar + one[name], 0n);
    expect([sum("amount"), sum("discount"), sum("credit"), sum("tax")]).toEqual([
      15_001n,
      1_500n,
      1_500n,
      2_700n,
    ]);
    expect(lines.flatMap(({ taxes }) => taxes).map(({ amount }) => amount)).toEqual(
      lines.map(({ tax }) => tax),
    );
    expect(await api.database.prisma.customerBalance.findMany({ where: { customerId } })).toMatchObject([
      { currency: "USD", amount: 0n },
    ]);
    expect(
      await api.database.prisma.customerBalanceTransaction.findMany({
        where: { customerId },
        orderBy: { createdAt: "asc" },
      }),
    ).toMatchObject([
      { amount: 1_500n, balance: 1_500n },
      { amount: -1_500n, balance: 0n, invoiceId: created?.invoice.id },
    ]);
  });

  it("take up what waits for the customer, in their currency and of their subscription or none", async () => {
    const customerId = await newCustomer(api);
    const [one = "", other = ""] = await insert(api, "BillingSubscription", [{ customerId }, { customerId }]);
    const item = { customerId, kind: "PRORATION_CREDIT", description: "Unused", currency: "USD" } as const;
    const amount = { unitAmount: "-250" as never, amount: -250n };
    const items = await insert(api, "PendingInvoiceItem", [
      { ...item, ...amount, subscriptionId: one },
      { ...item, ...amount },
      { ...item, ...amount, subscriptionId: other },
      { ...item, ...amount, currency: "EUR" },
    ]);
    const [created] = await create(draft(customerId, { subscriptionId: one }));
    expect(created?.invoice).toMatchObject({ status: "DRAFT", number: null, total: 9_500n });
    const taken = await api.database.prisma.pendingInvoiceItem.findMany({ where: { customerId } });
    const invoiceOf = new Map(taken.map(({ id, invoiceId }) => [id, invoiceId]));
    const { id } = created?.invoice ?? {};
    expect(items.map((itemId) => invoiceOf.get(itemId))).toEqual([id, id, null, null]);
  });

  it("credit what is below zero to the customer's balance, and are paid", async () => {
    const customerId = await newCustomer(api);
    const lines = [line(1_000n), line(-4_000n, { kind: "PRORATION_CREDIT" })];
    const [created] = await create(draft(customerId, { lines, finalize: true, advanceTo: "SENT" }));
    expect(created?.invoice).toMatchObject({ status: "PAID", subtotal: 0n, total: 0n, paidAt: now });
    expect(await api.database.prisma.customerBalance.findMany({ where: { customerId } })).toMatchObject([
      { amount: 3_000n },
    ]);
    const [next] = await create(draft(customerId, { finalize: true }));
    expect(next?.invoice).toMatchObject({ status: "FINALIZED", credit: 3_000n, total: 7_000n });
  });

  it("bill a period once", async () => {
    const customerId = await newCustomer(api);
    const [subscriptionId = ""] = await insert(api, "BillingSubscription", [{ customerId }]);
    const cycle = draft(customerId, {
      subscriptionId,
      billingReason: "SUBSCRIPTION_CYCLE",
      period: { start: at(0), end: at(60) },
      finalize: true,
    });
    const [first] = await create(cycle);
    const again = await create(cycle, { ...cycle, period: { start: at(60), end: at(120) } });
    expect(again.map(({ created }) => created)).toEqual([false, true]);
    expect(again[0]?.invoice.id).toBe(first?.invoice.id);
    expect(await api.database.prisma.invoice.count({ where: { subscriptionId } })).toBe(2);
  });

  it("take the same number of statements for 1 and for 100, and are told of in order", async () => {
    const customerIds = await insert(
      api,
      "Customer",
      Array.from({ length: 100 }, () => ({})),
    );
    const credits = customerIds.map((customerId) => ({
      customerId,
      currency: "USD",
      amount: 10n,
      description: "Goodwill",
      now,
    }));
    await inTransaction(api, (transaction) => moveBalances(transaction, credits));
    const run = (ids: readonly string[]) =>
      inTransaction(api, (transaction) =>
        createInvoices(
          transaction,
          ids.map((id) => draft(id, { finalize: true, taxRates: [vat], advanceTo: "SENT" })),
        ),
      );
    const one = await run(customerIds.slice(0, 1));
    const hundred = await run(customerIds.slice(1));
    expect([one.statements, hundred.statements]).toEqual([11, 11]);
    const events = await api.database.prisma.event.findMany({
      where: { objectId: one.result[0]?.invoice.id ?? "" },
      orderBy: { sequence: "asc" },
    });
    expect(events.map(({ type }) => type)).toEqual([
      "invoice.created",
      "invoice.finalized",
      "invoice.approved",
      "invoice.sent",
    ]);
  });
});
