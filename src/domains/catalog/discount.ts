import { allocate } from "../../kit/allocation.ts";
import { type Decimal, type Numeric, decimal, roundToInteger } from "../../kit/decimal.ts";
import { atLeastZero, lesser, percentOf, total } from "../../kit/money.ts";

/** How much a discount takes off: per cent, or minor units. */
export interface DiscountTerms {
  readonly type: "PERCENTAGE" | "FIXED_AMOUNT";
  readonly value: Numeric;
  /** What a fixed amount has taken off before; it gives its value once. */
  readonly used?: Numeric | undefined;
}

/** What a discount is taken from. */
export type DiscountScope = "ENTIRE_ORDER" | "SPECIFIC_PRODUCTS" | "SUBSCRIPTION_ONLY" | "ONE_TIME_ONLY";

export interface Discount extends DiscountTerms {
  readonly scope?: DiscountScope | undefined;
  /** For SPECIFIC_PRODUCTS. */
  readonly productIds?: readonly string[] | undefined;
}

/** What discounts look at in a line. */
export interface DiscountableLine {
  readonly amount: bigint;
  readonly productId?: string | null | undefined;
  /** Whether it is billed again and again. */
  readonly recurring?: boolean | undefined;
}

/** What comes off `base` minor units, rounded, and what is left of it. Never more than there is. */
export function takeOff(
  base: Numeric,
  { type, value, used = 0 }: DiscountTerms,
): { readonly discount: bigint; readonly remaining: Decimal } {
  const amount = decimal(base);
  const wanted = type === "PERCENTAGE" ? percentOf(amount, value) : decimal(value).minus(decimal(used));
  const most = roundToInteger(amount, "FLOOR");
  const discount = atLeastZero(lesser(roundToInteger(wanted), most));
  return { discount, remaining: amount.minus(decimal(discount)) };
}

/** Whether a discount is taken from a line. */
export function coversLine(
  { scope = "ENTIRE_ORDER", productIds = [] }: Discount,
  { productId, recurring = false }: DiscountableLine,
): boolean {
  switch (scope) {
    case "ENTIRE_ORDER":
      return true;
    case "SPECIFIC_PRODUCTS":
      return productId != null && productIds.includes(productId);
    case "SUBSCRIPTION_ONLY":
      return recurring;
    case "ONE_TIME_ONLY":
      return !recurring;
  }
}

/** Whether a discount still holds for the next period, after it was taken off `cyclesApplied` of them. */
export function holdsForCycle(
  duration: "ONCE" | "FOREVER" | "REPEATING",
  cyclesApplied: number,
  durationCycles: number | null | undefined,
): boolean {
  if (duration === "FOREVER") return true;
  return cyclesApplied < (duration === "ONCE" ? 1 : (durationCycles ?? 0));
}

/** What discounts take off an invoice: each of them, and each line's share, which add up to the same. */
export interface AppliedDiscounts {
  readonly amounts: readonly bigint[];
  readonly shares: readonly bigint[];
  /** What each discount takes off each line: by discount, then by line. */
  readonly parts: readonly (readonly bigint[])[];
}

/**
 * Takes discounts off lines, one after the other: each from what the ones before have left. A line's share is in proportion to
 * what is left of it; lines that give money back lower what a discount is taken of, but have no share.
 */
export function applyDiscounts(
  lines: readonly DiscountableLine[],
  discounts: readonly Discount[],
): AppliedDiscounts {
  const left = lines.map(({ amount }) => amount);
  const parts: (readonly bigint[])[] = [];
  const amounts = discounts.map((discount) => {
    const covered = left.map((amount, index) => {
      const line = lines[index];
      return line && coversLine(discount, line) ? amount : 0n;
    });
    const { discount: amount } = takeOff(atLeastZero(total(covered)), discount);
    const split = allocate(amount, covered.map(atLeastZero));
    parts.push(split);
    for (const [index, share] of split.entries()) left[index] = (left[index] ?? 0n) - share;
    return amount;
  });
  return { amounts, parts, shares: lines.map(({ amount }, index) => amount - (left[index] ?? 0n)) };
}
