import { roundParts } from "../../../kit/allocation.ts";
import { Decimal, type Numeric, decimal, sum } from "../../../kit/decimal.ts";
import { total } from "../../../kit/money.ts";
import { type BreakdownPart, priceOf } from "./amount.ts";
import type { PricePart, PriceTerms } from "./terms.ts";

/** Usage of a period, or of a part of it, that is billed as a line. */
export interface MeasuredUsage {
  readonly terms: PriceTerms;
  readonly quantity: Numeric;
  /** Units of the period that were counted before, which tiers and packages go on from; null for the period's first part. */
  readonly before: Numeric | null;
  /** The part of the period that it is charged for; 1 unless said. */
  readonly share?: Numeric | undefined;
  /** The least that it is charged. */
  readonly minimum?: Numeric | null | undefined;
}

/** What usage comes to in whole minor units, rounded once, and the steps that make it up. */
export function priceUsage({ terms, quantity, before, share = 1, minimum }: MeasuredUsage): {
  readonly amount: bigint;
  readonly breakdown: readonly BreakdownPart[];
} {
  const start = before === null ? [] : priceOf(terms, before).parts;
  const end = priceOf(terms, decimal(before ?? 0).plus(decimal(quantity))).parts;
  const whole = decimal(share);
  const parts = between(start, end).map((part) => ({
    ...part,
    unitAmount: part.unitAmount.times(whole),
    flatAmount: part.flatAmount.times(whole),
    amount: part.amount.times(whole),
  }));
  const exact = sum(parts.map(({ amount }) => amount));
  const raise = minimum == null ? new Decimal(0) : Decimal.max(decimal(minimum).minus(exact), 0);
  const raised = raise.isZero() ? parts : [...parts, flat(decimal(quantity), raise)];
  const rounded = roundParts(raised.map(({ amount }) => amount));
  return {
    amount: total(rounded),
    breakdown: raised.map((part, index) => ({
      from: part.from.toFixed(),
      to: part.to?.toFixed() ?? null,
      quantity: part.quantity.toFixed(),
      unitAmount: part.unitAmount.toFixed(),
      flatAmount: part.flatAmount.toFixed(),
      amount: rounded[index] ?? 0n,
    })),
  };
}

/** The steps that lead from the price of what was counted before to that of all. A volume price that reaches another tier takes back what it charged before. */
function between(start: readonly PricePart[], end: readonly PricePart[]): PricePart[] {
  if (!start.length) return [...end];
  const isSameStep = (one: PricePart, other: PricePart) =>
    one.from.eq(other.from) && one.unitAmount.eq(other.unitAmount);
  const gone = start.filter((one) => !end.some((other) => isSameStep(one, other)));
  return [
    ...gone.map((part) => less(part, part.from, null)),
    ...end.map((part) => {
      const earlier = start.find((one) => isSameStep(one, part));
      return earlier ? less(earlier, part.from, part) : part;
    }),
  ].filter(({ quantity, flatAmount }) => !quantity.isZero() || !flatAmount.isZero());
}

/** `after`, or nothing, less what there was before. */
function less(before: PricePart, from: Decimal, after: PricePart | null): PricePart {
  const zero = new Decimal(0);
  return {
    from,
    to: before.to,
    unitAmount: before.unitAmount,
    quantity: (after?.quantity ?? zero).minus(before.quantity),
    flatAmount: (after?.flatAmount ?? zero).minus(before.flatAmount),
    amount: (after?.amount ?? zero).minus(before.amount),
  };
}

/** The step up to the least that is charged. */
function flat(from: Decimal, amount: Decimal): PricePart {
  const zero = new Decimal(0);
  return { from, to: null, quantity: zero, unitAmount: zero, flatAmount: amount, amount };
}
