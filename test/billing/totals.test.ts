import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Discount } from "../../src/domains/catalog/discount.ts";
import { invoiceTotals } from "../../src/domains/invoices/totals.ts";
import { percentOf, total } from "../../src/kit/money.ts";
import { type Numeric, decimal, roundToInteger } from "../../src/kit/decimal.ts";

const percentage = fc.integer({ min: 0, max: 30_000_000 }).map((millionths) => `${millionths}e-6`);
const rates = fc.uniqueArray(
  fc.record({ id: fc.constantFrom("a", "b", "c", "d"), inclusive: fc.boolean(), percentage }),
  { maxLength: 4, selector: ({ id }) => id },
);
const discount: fc.Arbitrary<Discount> = fc.record({
  type: fc.constantFrom("PERCENTAGE" as const, "FIXED_AMOUNT" as const),
  value: fc.integer({ min: 0, max: 100 }),
  scope: fc.constantFrom("ENTIRE_ORDER" as const, "SPECIFIC_PRODUCTS" as const, "SUBSCRIPTION_ONLY" as const),
  productIds: fc.constant(["p"]),
});

/** Invoices whose rates are the same wherever they are used, as they are in a catalog. */
const invoices = (least: bigint) =>
  rates.chain((all) =>
    fc.record({
      lines: fc.array(
        fc.record({
          amount: fc.bigInt({ min: least, max: 10_000_000n }),
          productId: fc.constantFrom("p", "q", null),
          recurring: fc.boolean(),
          taxRates: fc.subarray(all),
        }),
        { maxLength: 12 },
      ),
      discounts: fc.array(discount, { maxLength: 3 }),
      credit: fc.bigInt({ min: 0n, max: 1_000_000n }),
    }),
  );

/**
 * The tax of a rate that lines contain, by whole numbers alone: the quotients over a common denominator are added, and divided once.
 * Percentages have at most six digits after the point.
 */
function containedTax({ lines }: ReturnType<typeof invoiceTotals>, rateId: string): bigint {
  const millionths = (value: Numeric) => roundToInteger(decimal(value).times(1_000_000));
  let [above, below] = [0n, 1n];
  for (const { amount, discount: taken, taxes } of lines) {
    const inclusive = taxes.filter((tax) => tax.inclusive);
    const own = inclusive.find((tax) => tax.rateId === rateId);
    if (!own) continue;
    const divisor = 100_000_000n + total(inclusive.map(({ percentage: each }) => millionths(each)));
    above = above * divisor + (amount - taken) * millionths(own.percentage) * below;
    below *= divisor;
  }
  const size = above < 0n ? -above : above;
  const rounded = (2n * size + below) / (2n * below);
  return above < 0n ? -rounded : rounded;
}

const runs = { numRuns: 2_000 };

describe("an invoice", () => {
  test("is the sum of its lines, by every figure", () => {
    fc.assert(
      fc.property(invoices(-1_000_000n), (invoice) => {
        const totals = invoiceTotals(invoice);
        const { lines } = totals;
        for (const figure of ["discount", "credit", "tax", "taxIncluded", "total"] as const) {
          expect(total(lines.map((line) => line[figure]))).toBe(totals[figure]);
        }
        expect(total(lines.map(({ amount }) => amount))).toBe(totals.subtotal);
        expect(totals.subtotal - totals.discount - totals.credit + totals.tax).toBe(totals.total);
        expect(total(totals.discounts)).toBe(totals.discount);
      }),
      runs,
    );
  });

  test("has the same tax by line and by rate, and each rate's is that of all its lines together", () => {
    fc.assert(
      fc.property(invoices(-1_000_000n), (invoice) => {
        const totals = invoiceTotals(invoice);
        const both = total(totals.rates.map(({ amount }) => amount));
        expect(both).toBe(totals.tax + totals.taxIncluded);
        for (const rate of totals.rates.filter(({ inclusive }) => !inclusive)) {
          const taxes = totals.lines.flatMap((line) => line.taxes);
          const own = taxes.find(({ rateId }) => rateId === rate.rateId);
          expect(rate.amount).toBe(roundToInteger(percentOf(rate.taxable, own?.percentage ?? 0)));
        }
        for (const rate of totals.rates.filter(({ inclusive }) => inclusive)) {
          expect(rate.amount).toBe(containedTax(totals, rate.rateId));
        }
      }),
      runs,
    );
  });

  test("of charges alone takes no more off a line than it has, and never comes to less than nothing", () => {
    fc.assert(
      fc.property(invoices(0n), (invoice) => {
        const totals = invoiceTotals(invoice);
        for (const line of totals.lines) {
          expect(line.discount >= 0n && line.credit >= 0n).toBe(true);
          expect(line.discount <= line.amount).toBe(true);
          expect(line.credit <= line.amount - line.discount + (line.tax > 0n ? line.tax : 0n)).toBe(true);
        }
        expect(totals.total >= 0n).toBe(true);
        expect(totals.credit <= invoice.credit).toBe(true);
      }),
      runs,
    );
  });

  test("is taxed and discounted the same whatever credit there is, and pays with all of it that it can", () => {
    fc.assert(
      fc.property(invoices(-1_000_000n), (invoice) => {
        const totals = invoiceTotals(invoice);
        const without = invoiceTotals({ ...invoice, credit: 0n });
        const most = without.total > 0n ? without.total : 0n;
        expect(totals.credit).toBe(invoice.credit < most ? invoice.credit : most);
        expect(totals.total).toBe(without.total - totals.credit);
        const taxes = ({ lines }: typeof totals) => lines.map((line) => [line.tax, line.taxIncluded]);
        expect(taxes(totals)).toEqual(taxes(without));
      }),
      runs,
    );
  });

  test("uses no credit when it gives money back anyway", () => {
    const totals = invoiceTotals({ lines: [{ amount: 300n }, { amount: -500n }], credit: 100n });
    expect([totals.credit, totals.total]).toEqual([0n, -200n]);
  });

  test("contains tax that is added, then divided and rounded: its parts add up to it", () => {
    const taxRates = [{ id: "vat", percentage: 20, inclusive: true }];
    const lines = [2n, 8n, 5n].map((amount) => ({ amount, taxRates }));
    const totals = invoiceTotals({ lines });
    // 15 × 20 / 120 = 2.5; no sum of decimals of 1/3, 4/3 and 5/6 comes to that.
    expect(totals.taxIncluded).toBe(3n);
    expect(totals.lines.map(({ taxIncluded }) => taxIncluded)).toEqual([0n, 2n, 1n]);
  });

  test("contains tax that leaves its total alone, next to tax on top", () => {
    const taxRates = [
      { id: "vat", percentage: 20, inclusive: true },
      { id: "levy", percentage: 5 },
    ];
    const totals = invoiceTotals({ lines: [{ amount: 1200n, taxRates }] });
    expect([totals.taxIncluded, totals.tax, totals.total]).toEqual([200n, 50n, 1250n]);
  });
});
