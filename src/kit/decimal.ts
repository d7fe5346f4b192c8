import { Decimal as Base } from "decimal.js";

/** Decimal numbers that compute with 60 digits: a product of any two stored amounts and quantities is exact. */
export const Decimal = Base.clone({
  defaults: true,
  precision: 60,
  rounding: Base.ROUND_HALF_UP,
  toExpNeg: -1000,
  toExpPos: 1000,
});
export type Decimal = Base;

/** What is read as a decimal number: a text such as `"-0.015"`, whole numbers, and decimals of any library. */
export type Numeric = string | bigint | number | { toFixed(): string };

const numeral = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** `value` as a decimal, exactly. Throws a RangeError for a text that is no number, and for a number with a fraction: those are floats. */
export function decimal(value: Numeric): Decimal {
  if (value instanceof Base && value.isFinite()) return new Decimal(value);
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is a float: pass a text`);
  }
  const text = typeof value === "object" ? value.toFixed() : String(value);
  if (!numeral.test(text)) throw new RangeError(`"${text}" is no decimal number`);
  return new Decimal(text);
}

/** The sum of all `values`; 0 of none. */
export function sum(values: Iterable<Numeric>): Decimal {
  let total = new Decimal(0);
  for (const value of values) total = total.plus(decimal(value));
  return total;
}

/** The ways to round. Money is rounded half away from zero unless something else is said. */
export const roundingModes = {
  HALF_AWAY_FROM_ZERO: Base.ROUND_HALF_UP,
  HALF_TOWARDS_ZERO: Base.ROUND_HALF_DOWN,
  HALF_EVEN: Base.ROUND_HALF_EVEN,
  AWAY_FROM_ZERO: Base.ROUND_UP,
  TOWARDS_ZERO: Base.ROUND_DOWN,
  CEILING: Base.ROUND_CEIL,
  FLOOR: Base.ROUND_FLOOR,
} as const;

export type RoundingMode = keyof typeof roundingModes;

/** `value` with at most `digits` digits after the point; negative ones round before it: 123.4 at −2 is 100. */
export function roundTo(value: Numeric, digits: number, mode: RoundingMode = "HALF_AWAY_FROM_ZERO"): Decimal {
  if (digits >= 0) return decimal(value).toDecimalPlaces(digits, roundingModes[mode]);
  const unit = new Decimal(10).pow(-digits);
  return decimal(value).div(unit).toDecimalPlaces(0, roundingModes[mode]).times(unit);
}

/** `value` rounded to a whole number. */
export function roundToInteger(value: Numeric, mode: RoundingMode = "HALF_AWAY_FROM_ZERO"): bigint {
  return BigInt(roundTo(value, 0, mode).toFixed());
}
