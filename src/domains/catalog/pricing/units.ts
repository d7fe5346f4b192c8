import { Decimal, type Numeric, type RoundingMode, decimal, roundTo } from "../../../kit/decimal.ts";

/** How metered units become billed ones: bytes that are billed as gigabytes. */
export interface UnitConversion {
  readonly operation: "MULTIPLY" | "DIVIDE";
  readonly factor: Numeric;
  /** How the result becomes a whole number; not at all, unless said. */
  readonly rounding?: RoundingMode | undefined;
}

/** `quantity` in billed units. */
export function convertUnits(quantity: Numeric, { operation, factor, rounding }: UnitConversion): Decimal {
  const by = decimal(factor);
  const converted = operation === "DIVIDE" ? decimal(quantity).div(by) : decimal(quantity).times(by);
  return rounding ? roundTo(converted, 0, rounding) : converted;
}

/** Units within a period of which some were counted before: `before` and then `quantity`. */
export interface CountedUnits {
  readonly before: Decimal;
  readonly quantity: Decimal;
}

/** The same in billed units. The running total is converted, so that parts round to no more than the whole does. */
export function convertCounted(before: Numeric, quantity: Numeric, conversion: UnitConversion): CountedUnits {
  const start = convertUnits(before, conversion);
  const end = convertUnits(decimal(before).plus(decimal(quantity)), conversion);
  return { before: start, quantity: end.minus(start) };
}

/** What is left to bill when the first `free` units of a period are free. */
export function withoutFreeUnits(before: Numeric, quantity: Numeric, free: Numeric): CountedUnits {
  const paid = (units: Decimal) => Decimal.max(units.minus(decimal(free)), 0);
  const start = paid(decimal(before));
  return { before: start, quantity: paid(decimal(before).plus(decimal(quantity))).minus(start) };
}
