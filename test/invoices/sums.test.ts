import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { moveBalances } from "../../src/domains/customers/index.ts";
import { minorDigits } from "../../src/kit/currency.ts";
import { type TestApi, startApi } from "../kit/api.ts";
import { insert } from "../reads/fixtures.ts";
import { inTransaction, newCustomer, now } from "./support.ts";

let api: TestApi;
const rates: string[] = [];
const codes = ["TENTH", "THIRD", "HALF"];

beforeAll(async () => {
  api = await startApi();
  rates.push(
    ...(await insert(api, "TaxRate", [
      { name: "VAT", percentage: "19" as never },
      { name: "Levy", percentage: "7.125" as never },
      { name: "Contained", percentage: "20" as never, inclusive: true },
    ])),
  );
  await insert(
    api,
    "Discount",
    ["10", "33.333", "50"].map((value, place) => ({
      code: codes[place] ?? "",
      type: "PERCENTAGE",
      value: value as never,
    })),
  );
});
afterAll(() => api?.close());

const line = fc.record({
  description: fc.constant("Work"),
  quantity: fc.integer({ min: 0, max: 50_000 }).map((thousandths) => `${thousandths / 1_000}`),
  unitAmount: fc.integer({ min: -300_000, max: 900_000 }).map((hundredths) => `${hundredths / 100}`),
  taxes: fc.subarray([0, 1, 2]),
});

/** Invoices that somebody could make by hand, with what the customer has to its credit before. */
const invoice = fc.record({
  currency: fc.constantFrom("USD", "JPY"),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
  taxes: fc.subarray([0, 1, 2]),
  codes: fc.subarray(codes),
  credit: fc.integer({ min: 0, max: 400_000 }),
});

/* oxlint-disable typescript/no-explicit-any -- answers are looked at, not typed */

const amounts = "discount { amount } credit { amount } tax { amount } taxIncluded { amount }";

it("whatever is billed, in whatever currency, every figure of an invoice is the sum of its parts", async () => {
  const drawn = fc.sample(invoice, { numRuns: 40, seed: 20_260_301 });
  const made = await Promise.all(drawn.map(finalize));
  for (const [place, { invoice: one, balance }] of made.entries()) {
    const { currency, credit } = drawn[place] as (typeof drawn)[number];
    const lines: any[] = one.lines.nodes;
    const sum = (figures: readonly number[]) => figures.reduce((sofar, figure) => sofar + figure, 0);
    const of = (field: string) => sum(lines.map((part) => part[field].amount));
    expect(of("amount")).toBe(one.subtotal.amount);
    for (const field of ["discount", "credit", "tax", "taxIncluded"])
      expect(of(field)).toBe(one[field].amount);
    const total = one.subtotal.amount - one.discount.amount + one.tax.amount - one.credit.amount;
    expect([one.total.amount, one.amountDue.amount]).toEqual([total, total]);
    expect(total).toBeGreaterThanOrEqual(0);
    expect(sum(one.discounts.nodes.map((part: any) => part.amount.amount))).toBe(one.discount.amount);
    for (const { taxes, tax, taxIncluded } of lines) {
      const by = (inclusive: boolean) =>
        sum(taxes.filter((part: any) => part.inclusive === inclusive).map((part: any) => part.amount.amount));
      expect([by(false), by(true)]).toEqual([tax.amount, taxIncluded.amount]);
    }
    // What came in and was not used is still there, and what the invoice came to below zero with it.
    const carried = sum(
      lines.filter(({ kind }) => kind === "CARRIED_OVER").map(({ amount }) => amount.amount),
    );
    expect(balance).toBe(credit - one.credit.amount + carried);
    expect(carried === 0 || one.credit.amount === 0).toBe(true);
    expect(one.total.formatted).toMatch(minorDigits(currency) === 0 ? /^[^.]*$/ : /\.\d\d$/);
  }
});

async function finalize({ currency, lines, taxes, codes: discountCodes, credit }: any) {
  const customerId = await newCustomer(api);
  if (credit > 0) {
    const movement = { customerId, currency, amount: BigInt(credit), description: "Goodwill", now };
    await inTransaction(api, (transaction) => moveBalances(transaction, [movement]));
  }
  const input = {
    customer: { id: customerId },
    currency,
    discountCodes,
    taxRates: taxes.map((place: number) => rates[place]),
    lines: lines.map(({ taxes: own, ...rest }: any) => ({
      ...rest,
      ...(own.length && { taxRates: own.map((place: number) => rates[place]) }),
    })),
  };
  const { data } = await api.query(
    `mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } userErrors { message path } } }`,
    { input },
  );
  expect(data.createInvoice.userErrors).toEqual([]);
  const final = await api.query(
    `mutation ($id: ID!) { finalizeInvoice(input: { invoice: { id: $id } }) { invoice {
      subtotal { amount } ${amounts} total { amount formatted } amountDue { amount } customer { balances { amount } }
      discounts { nodes { amount { amount } } }
      lines(first: 100) { nodes { kind amount { amount } ${amounts} taxes { inclusive amount { amount } } } } } } }`,
    { id: data.createInvoice.invoice.id },
  );
  const { invoice: one } = final.data.finalizeInvoice;
  return { invoice: one, balance: one.customer.balances[0]?.amount ?? 0 };
}
