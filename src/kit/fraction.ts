import { type Numeric, decimal } from "./decimal.ts";

/** A quotient that is not divided yet, so that nothing of it is lost. The divisor is more than 0. */
export interface Fraction {
  readonly dividend: Numeric;
  readonly divisor: Numeric;
}

/**
 * The sum of fractions as a whole number, rounded half away from zero: they are added first, and then divided and rounded once. Thirds
 * that are divided before they are added come to a little less than they are, and a half that they make up would be rounded down.
 */
export function roundedSum(fractions: readonly Fraction[]): bigint {
  // Those of one divisor are added as they are, so that a common denominator is made of few factors.
  const byDivisor = Map.groupBy(fractions, ({ divisor }) => decimal(divisor).toFixed());
  let [above, below] = [0n, 1n];
  for (const [divisor, alike] of byDivisor) {
    const dividends = alike.map(({ dividend }) => decimal(dividend));
    const digits = Math.max(...[...dividends, decimal(divisor)].map((value) => value.decimalPlaces()));
    const whole = (value: Numeric) => BigInt(decimal(value).times(`1e${digits}`).toFixed());
    const factor = whole(divisor);
    above = above * factor + dividends.reduce((all, each) => all + whole(each), 0n) * below;
    below *= factor;
  }
  const size = above < 0n ? -above : above;
  const rounded = (2n * size + below) / (2n * below);
  return above < 0n ? -rounded : rounded;
}
