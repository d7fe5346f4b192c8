import { applyDiscounts, takeOff } from "../../../src/domains/catalog/discount.ts";
import { lineAmount } from "../../../src/domains/catalog/pricing/amount.ts";
import { effectiveRate } from "../../../src/domains/catalog/tax.ts";
import { invoiceTotals } from "../../../src/domains/invoices/totals.ts";
import { majorUnits, minorUnits, toMinorUnits } from "../../../src/kit/money.ts";

interface Coupon {
  amount: string;
  percent_off?: string;
  amount_off?: string;
  currency: string;
}

interface Remaining {
  base: string;
  percent?: string;
  amount?: string;
  already_used?: string;
}

interface Rates {
  amount: string;
  discount?: string;
  rates_percent: string[];
  currency: string;
}

interface Fees {
  fees: { amount: string; coupon?: string; rates_percent?: string[]; taxes?: [string, string][] }[];
  coupon?: string;
}

/** A discount of a single line: each fee brings its own. */
const off = (value: string, index: number) =>
  ({ type: "FIXED_AMOUNT", value, scope: "SPECIFIC_PRODUCTS", productIds: [String(index)] }) as const;

function totalsOf({ fees, coupon }: Fees) {
  return invoiceTotals({
    lines: fees.map(({ amount, rates_percent = [], taxes }, index) => ({
      amount: BigInt(amount),
      productId: String(index),
      taxRates: taxes
        ? taxes.map(([id, percentage]) => ({ id, percentage }))
        : rates_percent.map((percentage) => ({ id: percentage, percentage })),
    })),
    discounts: [
      ...fees.flatMap((fee, index) => (fee.coupon ? [off(fee.coupon, index)] : [])),
      ...(coupon ? [{ type: "FIXED_AMOUNT", value: coupon } as const] : []),
    ],
  });
}

export const invoices = {
  "invoice.sum_of_rounded_lines": (input: { lines: (string | [string, string])[]; currency: string }) => {
    const { currency } = input;
    const lines = input.lines.map((line) => {
      const [quantity, unit] = typeof line === "string" ? ["1", line] : line;
      return { amount: lineAmount(quantity, minorUnits(unit, currency)) };
    });
    return { subtotal: majorUnits(invoiceTotals({ lines }).subtotal, currency) };
  },
  "discount.coupon": ({ amount, percent_off, amount_off = "", currency }: Coupon) => {
    const { discount, remaining } = takeOff(
      minorUnits(amount, currency),
      percent_off
        ? { type: "PERCENTAGE", value: percent_off }
        : { type: "FIXED_AMOUNT", value: minorUnits(amount_off, currency) },
    );
    return { discount: majorUnits(discount, currency), final: majorUnits(remaining, currency) };
  },
  "discount.coupon_remaining": ({ base, percent, amount = "", already_used }: Remaining) => ({
    amount: takeOff(
      base,
      percent
        ? { type: "PERCENTAGE", value: percent }
        : { type: "FIXED_AMOUNT", value: amount, used: already_used },
    ).discount,
  }),
  "discount.split": (input: { lines: string[]; percent?: string; amount?: string }) => {
    const { amounts, shares } = applyDiscounts(
      input.lines.map((line) => ({ amount: BigInt(line) })),
      [
        input.percent
          ? { type: "PERCENTAGE", value: input.percent }
          : { type: "FIXED_AMOUNT", value: input.amount ?? "" },
      ],
    );
    return { discount: amounts[0], shares };
  },
  "tax.rates": ({ amount, discount = "0", rates_percent, currency }: Rates) => {
    const { tax, total } = invoiceTotals({
      lines: [
        {
          amount: toMinorUnits(amount, currency),
          taxRates: rates_percent.map((percentage, index) => ({ id: String(index), percentage })),
        },
      ],
      discounts: [{ type: "FIXED_AMOUNT", value: minorUnits(discount, currency) }],
    });
    return { tax: majorUnits(tax, currency), total: majorUnits(total, currency) };
  },
  "tax.inclusive": (input: { lines: string[]; rates_percent: string[] }) => {
    const { taxIncluded, total, lines } = invoiceTotals({
      lines: input.lines.map((amount) => ({
        amount: BigInt(amount),
        taxRates: input.rates_percent.map((percentage) => ({ id: percentage, percentage, inclusive: true })),
      })),
    });
    return { included: taxIncluded, line_taxes: lines.map((line) => line.taxIncluded), total };
  },
  "tax.invoice": (input: Fees) => {
    const { rates, tax, subtotal, discount } = totalsOf(input);
    return {
      by_tax: Object.fromEntries(rates.map(({ rateId, amount }) => [rateId, amount])),
      taxes: tax,
      effective_rate_percent: effectiveRate(tax, subtotal - discount),
    };
  },
  "invoice.totals": (input: Fees) => {
    const totals = totalsOf(input);
    return {
      fees: totals.subtotal,
      coupons: totals.discount,
      sub_total: totals.lines.reduce((sum, line) => sum + line.amount - line.discount, 0n),
      fee_taxes: totals.lines.map(({ tax }) => tax),
      taxes: totals.tax,
      total: totals.total,
    };
  },
};
