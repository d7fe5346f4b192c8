import { allocate } from "../../kit/allocation.ts";
import { atLeastZero, lesser, total } from "../../kit/money.ts";
import { type Purse, payFromPurses } from "../credits/index.ts";
import {
  type Discount,
  type DiscountableLine,
  type LineTax,
  type TaxRate,
  type TaxedLine,
  type Taxes,
  applyDiscounts,
  taxLines,
} from "../catalog/index.ts";

/** A line before anything is taken off: its amount is whole minor units and negative where it gives money back. */
export interface DraftLine extends DiscountableLine {
  readonly taxRates?: readonly TaxRate[] | undefined;
  /** Whether it bills what a meter measured. */
  readonly metered?: boolean | undefined;
}

/** What a line is in the end. */
export interface LineTotals {
  readonly amount: bigint;
  readonly discount: bigint;
  /** What wallets pay of it. */
  readonly prepaid: bigint;
  readonly credit: bigint;
  readonly tax: bigint;
  readonly taxIncluded: bigint;
  readonly taxes: readonly LineTax[];
  /** amount − discount − prepaid + tax − credit. */
  readonly total: bigint;
}

/** What an invoice comes to. Each figure is the sum of those of its lines. */
export interface InvoiceTotals {
  readonly subtotal: bigint;
  readonly discount: bigint;
  /** What wallets pay, before tax. */
  readonly prepaid: bigint;
  readonly credit: bigint;
  /** What each wallet pays, in minor units. */
  readonly debits: ReadonlyMap<string, bigint>;
  /** On top of the amounts. */
  readonly tax: bigint;
  /** Contained in them. */
  readonly taxIncluded: bigint;
  /** subtotal − discount − prepaid + tax − credit. */
  readonly total: bigint;
  readonly lines: readonly LineTotals[];
  /** What each of the discounts took off, in their order. */
  readonly discounts: readonly bigint[];
  readonly rates: Taxes["rates"];
}

/**
 * Totals of an invoice: lines, then discounts one after the other, then what wallets pay, then taxes of the rest, and then as much of
 * `credit` as there is to pay: credit is money, tax included. The total is negative when lines give back more than others charge.
 */
export function invoiceTotals({
  lines,
  discounts = [],
  purses = [],
  credit = 0n,
  fixedTax = null,
}: {
  readonly lines: readonly DraftLine[];
  readonly discounts?: readonly Discount[] | undefined;
  /** Wallets in the order in which they pay. */
  readonly purses?: readonly Purse[] | undefined;
  readonly credit?: bigint | undefined;
  /** A tax that was given as an amount: no rates count. */
  readonly fixedTax?: bigint | null | undefined;
}): InvoiceTotals {
  const amounts = lines.map(({ amount }) => amount);
  const applied = applyDiscounts(lines, discounts);
  const discounted = amounts.map((amount, index) => amount - (applied.shares[index] ?? 0n));
  const prepaid = payFromPurses(
    lines.map(({ metered = false }, index) => ({ metered, left: discounted[index] ?? 0n })),
    purses,
  );
  const left = discounted.map((amount, index) => amount - (prepaid.shares[index] ?? 0n));
  const taxes = fixedTax === null ? taxesOf(lines, left) : splitTax(fixedTax, left);
  const taxed = left.map((amount, index) => amount + (taxes.lines[index]?.tax ?? 0n));
  const credits = applyCredit(taxed, credit);
  const result = amounts.map((amount, index): LineTotals => {
    const used = credits[index] ?? 0n;
    const { tax, taxIncluded, taxes: own } = taxes.lines[index] ?? untaxed;
    return {
      amount,
      discount: applied.shares[index] ?? 0n,
      prepaid: prepaid.shares[index] ?? 0n,
      credit: used,
      tax,
      taxIncluded,
      taxes: own,
      total: (taxed[index] ?? 0n) - used,
    };
  });
  return {
    subtotal: total(amounts),
    discount: total(applied.amounts),
    prepaid: total(prepaid.shares),
    credit: total(credits),
    debits: prepaid.debits,
    tax: taxes.tax,
    taxIncluded: taxes.taxIncluded,
    total: total(result.map((line) => line.total)),
    lines: result,
    discounts: applied.amounts,
    rates: taxes.rates,
  };
}

const untaxed: TaxedLine = { tax: 0n, taxIncluded: 0n, taxes: [] };

function taxesOf(lines: readonly DraftLine[], taxable: readonly bigint[]): Taxes {
  return taxLines(
    lines.map(({ taxRates = [] }, index) => ({ taxable: taxable[index] ?? 0n, rates: taxRates })),
  );
}

/** Spreads a tax that no rate explains over what lines charge; over all alike where none does. */
function splitTax(tax: bigint, amounts: readonly bigint[]): Taxes {
  const weights = amounts.map(atLeastZero);
  const shares = allocate(tax, total(weights) > 0n ? weights : weights.map(() => 1n));
  return { lines: shares.map((share) => ({ ...untaxed, tax: share })), rates: [], tax, taxIncluded: 0n };
}

/** Spreads credit over what lines still cost, taxes included: no more than they come to together. */
function applyCredit(amounts: readonly bigint[], credit: bigint): bigint[] {
  const used = lesser(atLeastZero(credit), atLeastZero(total(amounts)));
  return allocate(used, amounts.map(atLeastZero));
}
