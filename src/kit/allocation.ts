import { type Decimal, type Numeric, decimal, roundToInteger } from "./decimal.ts";
import { total } from "./money.ts";

/**
 * Splits `whole` in proportion to `weights`, which are not negative, so that the parts add up to it: each part is its exact
 * share cut to a whole number, and what is left goes one by one to the parts that lost most, earlier ones first.
 * Throws a RangeError when there is something to split and nothing to split it over.
 */
export function allocate(whole: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError("a weight is negative");
  const sum = total(weights);
  if (whole === 0n) return weights.map(() => 0n);
  if (sum === 0n) throw new RangeError("nothing to split over: all weights are 0");
  const sign = whole < 0n ? -1n : 1n;
  const size = whole * sign;
  const shares = weights.map((weight, index) => ({
    index,
    share: (size * weight) / sum,
    lost: (size * weight) % sum,
  }));
  let left = size - total(shares.map(({ share }) => share));
  const byLoss = shares.toSorted((one, other) => compare(other.lost, one.lost) || one.index - other.index);
  for (const part of byLoss) {
    if (left === 0n) break;
    part.share += 1n;
    left -= 1n;
  }
  return shares.map(({ share }) => share * sign);
}

/** Splits `whole` into `parts` that differ by one at most, the larger ones first. */
export function splitEvenly(whole: bigint, parts: number): bigint[] {
  return allocate(
    whole,
    Array.from({ length: parts }, () => 1n),
  );
}

/**
 * Rounds parts so that they add up to their rounded sum: each is the difference of two rounded running sums, and so less
 * than 1 off.
 */
export function roundParts(parts: readonly Numeric[]): bigint[] {
  let exact: Decimal = decimal(0);
  let rounded = 0n;
  return parts.map((part) => {
    exact = exact.plus(decimal(part));
    const before = rounded;
    rounded = roundToInteger(exact);
    return rounded - before;
  });
}

/**
 * Makes rounded `parts` add up to `whole`: what is missing or too much goes to the part with the largest of `sizes`, by
 * absolute value and earlier ones first. Where it is more than one, each next one goes to the next smaller part.
 */
export function settleRemainder(
  parts: readonly bigint[],
  whole: bigint,
  sizes: readonly bigint[],
): readonly bigint[] {
  const remainder = whole - total(parts);
  if (remainder === 0n) return parts;
  if (parts.length === 0) throw new RangeError("there is no part that could take the remainder");
  const order = parts
    .map((_, index) => ({ index, size: absolute(sizes[index] ?? 0n) }))
    .toSorted((one, other) => compare(other.size, one.size) || one.index - other.index);
  const extra = splitEvenly(remainder, parts.length);
  const settled = [...parts];
  for (const [place, { index }] of order.entries()) {
    settled[index] = (settled[index] ?? 0n) + (extra[place] ?? 0n);
  }
  return settled;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other);
}
