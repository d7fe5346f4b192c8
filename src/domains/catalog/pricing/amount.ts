import { roundParts } from "../../../kit/allocation.ts";
import { Decimal, type Numeric, decimal, roundToInteger, roundTo, sum } from "../../../kit/decimal.ts";
import { percentOf, total } from "../../../kit/money.ts";
import type { PackageTerms, PricePart, PriceTerms } from "./terms.ts";
import { tierParts } from "./tiers.ts";

/** What a quantity costs, not rounded. */
export interface Priced {
  readonly amount: Decimal;
  /** Their amounts add up to it. */
  readonly parts: readonly PricePart[];
}

/** A part of a line as it is shown and stored: in whole minor units that add up to the line, decimals as texts. */
export interface BreakdownPart {
  readonly from: string;
  readonly to: string | null;
  readonly quantity: string;
  readonly unitAmount: string;
  readonly flatAmount: string;
  readonly amount: bigint;
}

/** What `quantity` costs by `terms`, exactly. Throws a RangeError for less than nothing. */
export function priceOf(terms: PriceTerms, quantity: Numeric): Priced {
  const units = decimal(quantity);
  if (units.lt(0)) throw new RangeError(`a quantity is not negative: ${units.toFixed()}`);
  const parts = partsOf(terms, units);
  return { amount: sum(parts.map(({ amount }) => amount)), parts };
}

/** What `quantity` costs as a line of an invoice: whole minor units, rounded once, and the steps that make it up. */
export function priceLine(
  terms: PriceTerms,
  quantity: Numeric,
): { readonly amount: bigint; readonly breakdown: readonly BreakdownPart[] } {
  const { parts } = priceOf(terms, quantity);
  const rounded = roundParts(parts.map(({ amount }) => amount));
  return {
    amount: total(rounded),
    breakdown: parts.map((part, index) => ({
      from: part.from.toFixed(),
      to: part.to?.toFixed() ?? null,
      quantity: part.quantity.toFixed(),
      unitAmount: part.unitAmount.toFixed(),
      flatAmount: part.flatAmount.toFixed(),
      amount: rounded[index] ?? 0n,
    })),
  };
}

/** `quantity × unitAmount` in whole minor units: what a line without a price comes to. */
export function lineAmount(quantity: Numeric, unitAmount: Numeric): bigint {
  return roundToInteger(decimal(quantity).times(decimal(unitAmount)));
}

function partsOf(terms: PriceTerms, units: Decimal): PricePart[] {
  switch (terms.model) {
    case "FREE":
      return [];
    case "FLAT":
      return [{ ...single(units, 0), flatAmount: decimal(terms.amount), amount: decimal(terms.amount) }];
    case "PER_UNIT":
      return [single(units, terms.unitAmount)];
    case "PERCENTAGE":
      return [single(units, percentOf(1, terms.percentage))];
    case "PACKAGE":
      return [single(packagesFor(terms, units), terms.packageAmount)];
    case "GRADUATED":
    case "VOLUME":
      return tierParts(terms, units);
  }
}

function single(quantity: Decimal, unitAmount: Numeric): PricePart {
  const each = decimal(unitAmount);
  const zero = new Decimal(0);
  return { from: zero, to: null, quantity, unitAmount: each, flatAmount: zero, amount: quantity.times(each) };
}

/** How many packages `units` take. */
function packagesFor({ packageSize, round = "UP", freeUnits = 0 }: PackageTerms, units: Decimal): Decimal {
  const paid = Decimal.max(units.minus(decimal(freeUnits)), 0);
  return roundTo(paid.div(decimal(packageSize)), 0, round === "UP" ? "CEILING" : "FLOOR");
}
