import { allocate } from "../../kit/allocation.ts";
import { decimal, roundToInteger, sum } from "../../kit/decimal.ts";
import { atLeastZero, lesser, total } from "../../kit/money.ts";
import { type PaidByPurses, type Purse, payFromPurses } from "../credits/index.ts";
import {
  type AppliedDiscounts,
  type Discount,
  type DiscountableLine,
  type LineTax,
  type TaxRate,
  type TaxedLine,
  type Taxes,
  applyDiscounts,
  taxLines,
  taxedBy,
} from "../catalog/index.ts";
import type { SettledAmounts } from "./ledger/settled.ts";

/** A line before anything is taken off: its amount is whole minor units and negative where it gives money back. */
export interface DraftLine extends DiscountableLine {
  readonly taxRates?: readonly TaxRate[] | undefined;
  /** Whether it bills what a meter measured. */
  readonly metered?: boolean | undefined;
  /** What was settled with it and is not computed here. */
  readonly settled?: SettledAmounts | undefined;
  readonly id?: string | undefined;
  /** The line that it gives back. */
  readonly sourceLineId?: string | null | undefined;
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

/** A discount of an invoice, and the redemption that settled lines name. */
export interface InvoiceDiscountTerms extends Discount {
  readonly redemptionId?: string | null | undefined;
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
  readonly discounts?: readonly InvoiceDiscountTerms[] | undefined;
  /** Wallets in the order in which they pay. */
  readonly purses?: readonly Purse[] | undefined;
  readonly credit?: bigint | undefined;
  /** A tax that was given as an amount: no rates count. */
  readonly fixedTax?: bigint | null | undefined;
}): InvoiceTotals {
  const amounts = lines.map(({ amount }) => amount);
  const applied = discountsOf(lines, discounts);
  const discounted = amounts.map((amount, index) => amount - (applied.shares[index] ?? 0n));
  const prepaid = prepaidOf(lines, discounted, purses);
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

/** Takes discounts off lines. What is settled has its discounts; a fixed amount gives to the other lines what is left of it. */
function discountsOf(
  lines: readonly DraftLine[],
  discounts: readonly InvoiceDiscountTerms[],
): Pick<AppliedDiscounts, "amounts" | "shares"> {
  const settledBy = (redemptionId: string | null | undefined, { settled }: DraftLine) =>
    total((settled?.discounts ?? []).flatMap((one) => (one.redemptionId === redemptionId ? one.amount : [])));
  const own = discounts.map(({ redemptionId }) => total(lines.map((line) => settledBy(redemptionId, line))));
  const freed = discounts.map(({ redemptionId }) =>
    total(lines.map((line) => shareGivenBack(line, lines, settledBy(redemptionId, line)))),
  );
  const open = lines.map((line) => (line.settled ? { ...line, amount: 0n } : line));
  const applied = applyDiscounts(
    open,
    discounts.map((discount, index) => ({
      ...discount,
      used: sum([discount.used ?? 0, (own[index] ?? 0n) - (freed[index] ?? 0n)]),
    })),
  );
  return {
    amounts: applied.amounts.map((amount, index) => amount + (own[index] ?? 0n)),
    shares: lines.map((line, index) =>
      line.settled ? settledDiscount(line) : (applied.shares[index] ?? 0n),
    ),
  };
}

/** What discounts take off a line that is settled. */
function settledDiscount({ settled }: DraftLine): bigint {
  return total((settled?.discounts ?? []).map(({ amount }) => amount));
}

/** What of a line's discount other lines of the invoice give back: it is free for others again. */
function shareGivenBack(line: DraftLine, lines: readonly DraftLine[], discount: bigint): bigint {
  const net = line.amount - settledDiscount(line);
  if (discount === 0n || net <= 0n || line.id === undefined) return 0n;
  const back = total(lines.flatMap(({ sourceLineId, amount }) => (sourceLineId === line.id ? -amount : [])));
  return roundToInteger(decimal(discount).times(decimal(back)).div(decimal(net)));
}

/** What wallets pay of lines, and get back by those that give back. */
function prepaidOf(
  lines: readonly DraftLine[],
  discounted: readonly bigint[],
  purses: readonly Purse[],
): PaidByPurses {
  const back = lines.map(({ settled }) => settled?.prepaid?.amount ?? 0n);
  const paid = payFromPurses(
    lines.map(({ metered = false }, index) => ({
      metered,
      left: (discounted[index] ?? 0n) - (back[index] ?? 0n),
    })),
    purses,
  );
  return { ...paid, shares: paid.shares.map((share, index) => share + (back[index] ?? 0n)) };
}

/** Taxes lines by their rates. What is given back has the taxes of its source. */
function taxesOf(lines: readonly DraftLine[], taxable: readonly bigint[]): Taxes {
  const taxes = taxLines(
    lines.map(({ taxRates = [], settled }, index) => ({
      taxable: taxable[index] ?? 0n,
      rates: settled?.taxes ? [] : taxRates,
    })),
  );
  const own = lines.map(({ settled }) => settled?.taxes ?? []);
  const settled = taxedBy(own.flat());
  return {
    rates: taxes.rates,
    lines: taxes.lines.map((line, index) => {
      const settledTaxes = own[index] ?? [];
      return settledTaxes.length ? taxedBy(settledTaxes) : line;
    }),
    tax: taxes.tax + settled.tax,
    taxIncluded: taxes.taxIncluded + settled.taxIncluded,
  };
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
