import { settleRemainder } from "../../kit/allocation.ts";
import { type Decimal, type Numeric, decimal, roundTo, sum } from "../../kit/decimal.ts";
import { type Fraction, roundedSum } from "../../kit/fraction.ts";
import { exactShareOf, total } from "../../kit/money.ts";

export interface TaxRate {
  readonly id: string;
  readonly percentage: Numeric;
  /** Whether amounts already contain the tax. */
  readonly inclusive?: boolean | undefined;
}

export interface TaxableLine {
  /** What is left of a line after discounts, in minor units. */
  readonly taxable: bigint;
  readonly rates: readonly TaxRate[];
}

/** What one rate makes of one line. */
export interface LineTax {
  readonly rateId: string;
  readonly percentage: Numeric;
  readonly inclusive: boolean;
  /** What the tax is taken of: the line without the tax that it contains. */
  readonly taxable: bigint;
  readonly amount: bigint;
}

export interface TaxedLine {
  readonly taxes: readonly LineTax[];
  /** On top of the line. */
  readonly tax: bigint;
  /** Contained in it. */
  readonly taxIncluded: bigint;
}

/** The tax of an invoice: by line and by rate, which both add up to the same. */
export interface Taxes {
  readonly lines: readonly TaxedLine[];
  readonly rates: readonly Omit<LineTax, "percentage">[];
  readonly tax: bigint;
  readonly taxIncluded: bigint;
}

/**
 * Taxes lines. A rate's tax is rounded once, on all its lines together, which are added before anything is divided; each line has its
 * own tax rounded, and what that leaves over goes to the largest line of the rate. Taxes that lines contain come first: those on top are taken of what is left.
 */
export function taxLines(lines: readonly TaxableLine[]): Taxes {
  const included = taxesBy(lines, true, ({ taxable, rates }, { percentage }) => {
    const inclusive = rates.filter((rate) => rate.inclusive).map((rate) => rate.percentage);
    return { dividend: decimal(taxable).times(decimal(percentage)), divisor: sum([100, ...inclusive]) };
  });
  const net = lines.map((line, index) => ({
    ...line,
    taxable: line.taxable - total(included[index]?.values() ?? []),
  }));
  const onTop = taxesBy(net, false, ({ taxable }, { percentage }) => ({
    dividend: decimal(taxable).times(decimal(percentage)),
    divisor: 100,
  }));
  const taxed = net.map(({ rates, taxable }, index): TaxedLine => {
    const taxes = rates.map(({ id, percentage, inclusive = false }) => {
      const amount = (inclusive ? included : onTop)[index]?.get(id) ?? 0n;
      return { rateId: id, percentage, inclusive, taxable, amount };
    });
    return taxedBy(taxes);
  });
  return {
    lines: taxed,
    rates: byRate(taxed),
    tax: total(taxed.map(({ tax }) => tax)),
    taxIncluded: total(taxed.map(({ taxIncluded }) => taxIncluded)),
  };
}

/** What taxes come to: those that lines contain, or those on top. */
export function sumOfTaxes(
  taxes: readonly Pick<LineTax, "inclusive" | "amount">[],
  inclusive: boolean,
): bigint {
  return total(taxes.filter((tax) => tax.inclusive === inclusive).map(({ amount }) => amount));
}

/** A line with these taxes. */
export function taxedBy(taxes: readonly LineTax[]): TaxedLine {
  return { taxes, tax: sumOfTaxes(taxes, false), taxIncluded: sumOfTaxes(taxes, true) };
}

/** For each line the tax of its inclusive, or of its other, rates. */
function taxesBy(
  lines: readonly TaxableLine[],
  inclusive: boolean,
  exact: (line: TaxableLine, rate: TaxRate) => Fraction,
): Map<string, bigint>[] {
  const taxes = lines.map(() => new Map<string, bigint>());
  const taxed = lines.flatMap((line, index) =>
    line.rates
      .filter((rate) => (rate.inclusive ?? false) === inclusive)
      .map((rate) => ({ rateId: rate.id, index, size: line.taxable, amount: exact(line, rate) })),
  );
  for (const [rateId, parts] of Map.groupBy(taxed, (one) => one.rateId)) {
    const settled = settleRemainder(
      parts.map(({ amount }) => roundedSum([amount])),
      roundedSum(parts.map(({ amount }) => amount)),
      parts.map(({ size }) => size),
    );
    for (const [place, { index }] of parts.entries()) taxes[index]?.set(rateId, settled[place] ?? 0n);
  }
  return taxes;
}

function byRate(lines: readonly TaxedLine[]): Taxes["rates"] {
  const all = Map.groupBy(
    lines.flatMap(({ taxes }) => taxes),
    ({ rateId }) => rateId,
  );
  return [...all].map(([rateId, taxes]) => ({
    rateId,
    inclusive: taxes.some(({ inclusive }) => inclusive),
    taxable: total(taxes.map(({ taxable }) => taxable)),
    amount: total(taxes.map(({ amount }) => amount)),
  }));
}

/** How many per cent `tax` is of `taxable`, to five digits; 0 of nothing. */
export function effectiveRate(tax: bigint, taxable: bigint): Decimal {
  return taxable === 0n ? decimal(0) : roundTo(exactShareOf(100, tax, taxable), 5);
}
