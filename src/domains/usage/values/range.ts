import { type Decimal, decimal } from "../../../kit/decimal.ts";
import { NoResult } from "./no-result.ts";

/**
 * The most digits before and behind the point of a number of an event: as it is sent, in an expression, and at every step on the way to the
 * value. What a number of few characters stands for can have thousands, and computing with those takes as long.
 */
export const mostDigits = 60;

/** A number without an exponent that has no more digits. */
export const numeral = new RegExp(
  `^[+-]?(?:[0-9]{1,${mostDigits}}(?:[.][0-9]{0,${mostDigits}})?|[.][0-9]{1,${mostDigits}})$`,
);

/** No number within the digits is written longer. */
const longest = 2 * mostDigits + 10;

/** Reads a number. Throws `NoResult` for one that has more digits, and a RangeError for what is none. */
export function readNumber(text: string): Decimal {
  if (text.length > longest) throw outOfRange();
  return withinRange(decimal(text));
}

/** The number itself, if it has no more digits. */
export function withinRange(value: Decimal): Decimal {
  if (value.isZero() || (value.e < mostDigits && value.e >= -mostDigits)) return value;
  throw outOfRange();
}

const outOfRange = () =>
  new NoResult(
    "OUT_OF_RANGE",
    `A number of the event, or what is computed of it, has more than ${mostDigits} digits before or behind the point.`,
  );
