import { minorDigits } from "./currency.ts";
import { Decimal, type Numeric, type RoundingMode, decimal, roundToInteger } from "./decimal.ts";

/** An amount in major units (`12.345` dollars) as minor units, not rounded: 1234.5 cents. */
export function minorUnits(amount: Numeric, currency: string): Decimal {
  return decimal(amount).times(new Decimal(10).pow(minorDigits(currency)));
}

/** An amount in minor units as major units: 1234 cents are 12.34 dollars. */
export function majorUnits(amount: Numeric, currency: string): Decimal {
  return decimal(amount).div(new Decimal(10).pow(minorDigits(currency)));
}

/** An amount in major units as whole minor units, half of one away from zero unless said otherwise. */
export function toMinorUnits(amount: Numeric, currency: string, mode?: RoundingMode): bigint {
  return roundToInteger(minorUnits(amount, currency), mode);
}

/** `part / whole` of `amount`, rounded once. Throws a RangeError when the whole is nothing. */
export function shareOf(amount: Numeric, part: Numeric, whole: Numeric, mode?: RoundingMode): bigint {
  return roundToInteger(exactShareOf(amount, part, whole), mode);
}

/** `part / whole` of `amount`, not rounded. */
export function exactShareOf(amount: Numeric, part: Numeric, whole: Numeric): Decimal {
  const divisor = decimal(whole);
  if (divisor.isZero()) throw new RangeError("nothing has no share");
  return decimal(amount).times(decimal(part)).div(divisor);
}

/** `percentage` per cent of `amount`, not rounded. */
export function percentOf(amount: Numeric, percentage: Numeric): Decimal {
  return decimal(amount).times(decimal(percentage)).div(100);
}

/** The smaller of two amounts. */
export function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

/** `amount`, but 0 when it is negative. */
export function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

/** The sum of whole amounts. */
export function total(amounts: Iterable<bigint>): bigint {
  let result = 0n;
  for (const amount of amounts) result += amount;
  return result;
}
