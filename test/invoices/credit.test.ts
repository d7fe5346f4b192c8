import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { moveBalances } from "../../src/domains/customers/index.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { inTransaction, mutate, newCustomer, now } from "./support.ts";

let api: TestApi;
let customerId: string;
let onTop: string;
let contained: string;

beforeAll(async () => {
  api = await startApi();
  [onTop = "", contained = ""] = await insert(api, "TaxRate", [
    { name: "VAT", percentage: "20" as never, inclusive: false },
    { name: "VAT", percentage: "20" as never, inclusive: true },
  ]);
});
beforeEach(async () => {
  customerId = await newCustomer(api);
});
afterAll(() => api?.close());

/** A finalized invoice of lines that come to these amounts. */
async function invoiceOver(amounts: readonly number[], taxRate = onTop) {
  const { invoice: draft, userErrors } = await mutate(api, "createInvoice", {
    customer: { id: customerId },
    currency: "USD",
    lines: amounts.map((unitAmount) => ({ description: "Work", unitAmount: String(unitAmount) })),
    taxRates: [taxRate],
  });
  expect(userErrors).toEqual([]);
  return (await mutate(api, "finalizeInvoice", { invoice: { id: draft.id } })).invoice;
}

async function balance(): Promise<number> {
  const { data } = await api.query("query ($id: ID!) { customer(id: $id) { balances { amount } } }", {
    id: customerId,
  });
  return data.customer.balances[0]?.amount ?? 0;
}

const credited = async (amount: bigint) => {
  const credit = { customerId, currency: "USD", amount, description: "Goodwill", now };
  await inTransaction(api, (transaction) => moveBalances(transaction, [credit]));
};

describe("what an invoice comes to below zero", () => {
  it("pays for the next one with its tax, which is given back once", async () => {
    expect(await invoiceOver([-10_000])).toMatchObject({
      status: "PAID",
      subtotal: { amount: 2_000 },
      tax: { amount: -2_000 },
      total: { amount: 0 },
    });
    expect(await balance()).toBe(12_000);
    const next = await invoiceOver([20_000]);
    expect(next).toMatchObject({
      subtotal: { amount: 20_000 },
      tax: { amount: 4_000 },
      credit: { amount: 12_000 },
      total: { amount: 12_000 },
      amountDue: { amount: 12_000 },
    });
    // As if both had been on one invoice: 10000 and 20 per cent.
    expect(next.lines.nodes[0].taxes).toMatchObject([
      { taxable: { amount: 20_000 }, amount: { amount: 4_000 } },
    ]);
    expect(await balance()).toBe(0);
  });

  it("leaves a tax that amounts contain as it is, too", async () => {
    await invoiceOver([-12_000], contained);
    expect(await balance()).toBe(12_000);
    expect(await invoiceOver([24_000], contained)).toMatchObject({
      taxIncluded: { amount: 4_000 },
      tax: { amount: 0 },
      credit: { amount: 12_000 },
      total: { amount: 12_000 },
    });
  });
});

describe("a customer's credit", () => {
  it("pays for lines and their tax, all of it where it is enough, and is given back when the invoice is void", async () => {
    await credited(30_000n);
    const paid = await invoiceOver([10_000, 5_000]);
    expect(paid).toMatchObject({ status: "PAID", credit: { amount: 18_000 }, total: { amount: 0 } });
    expect(await balance()).toBe(12_000);
    const next = await invoiceOver([20_000]);
    expect(next).toMatchObject({ tax: { amount: 4_000 }, total: { amount: 12_000 } });
    await mutate(api, "voidInvoice", { invoice: { id: next.id } });
    expect(await balance()).toBe(12_000);
  });

  it("comes last on the document, below the tax", async () => {
    await credited(5_000n);
    const { id } = await invoiceOver([10_000]);
    const { data } = await api.query("query ($id: ID!) { invoice(id: $id) { html { url } } }", { id });
    const { pathname, search } = new URL(data.invoice.html.url, api.url);
    const page = await (await fetch(api.url + pathname + search)).text();
    const places = ["Subtotal", "VAT 20 %", "Credit", "Total"].map((label) => page.indexOf(`>${label}<`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it("comes off a line and its tax alike, so that a credit note gives back what was paid of it", async () => {
    await credited(6_000n);
    const { id, lines, total } = await invoiceOver([10_000]);
    expect(total).toEqual({ amount: 6_000, formatted: "$60.00" });
    await mutate(api, "payInvoice", { invoice: { id }, method: "cash" });
    const note = async (input: object) => {
      const { data } = await api.query(
        `mutation ($input: CreateCreditNoteInput!) { createCreditNote(input: $input) {
          creditNote { amount { amount } taxAmount { amount } } userErrors { message } } }`,
        { input: { invoice: { id }, creditMethod: "CUSTOMER_BALANCE", ...input } },
      );
      expect(data.createCreditNote.userErrors).toEqual([]);
      return data.createCreditNote.creditNote;
    };
    const half = { line: lines.nodes[0].id, quantity: "0.5" };
    expect(await note({ lines: [half] })).toEqual({ amount: { amount: 3_000 }, taxAmount: { amount: 500 } });
    expect(await note({ amount: 3_000 })).toEqual({ amount: { amount: 3_000 }, taxAmount: { amount: 500 } });
    expect(await balance()).toBe(6_000);
    expect(await invoiceOver([10_000])).toMatchObject({ tax: { amount: 2_000 }, total: { amount: 6_000 } });
  });

  it("is given back when all that was paid besides has gone back", async () => {
    await credited(2_000n);
    const { id } = await invoiceOver([10_000]);
    await mutate(api, "payInvoice", { invoice: { id }, method: "cash" });
    await mutate(api, "refundInvoice", { invoice: { id }, amount: 4_000 });
    expect(await balance()).toBe(0);
    const { invoice } = await mutate(api, "refundInvoice", { invoice: { id } });
    expect(invoice).toMatchObject({ status: "REFUNDED", amountRefunded: { amount: 10_000 } });
    expect(await balance()).toBe(2_000);
  });
});
