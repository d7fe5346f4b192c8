import { Decimal, type Numeric, decimal } from "../../../kit/decimal.ts";
import { percentOf } from "../../../kit/money.ts";
import { priceOf } from "./amount.ts";
import type { PriceTerms } from "./terms.ts";

/** The least and the most that a period is charged. */
export interface SpendBounds {
  readonly minimum?: Numeric | null | undefined;
  readonly maximum?: Numeric | null | undefined;
}

/** A part of a period's usage that is billed before all of it is known. */
export interface UsagePart extends SpendBounds {
  readonly terms: PriceTerms;
  readonly quantity: Numeric;
  /** Units of the period that were billed before; 0 unless said. */
  readonly before?: Numeric | undefined;
  /** Whether this is the period's first part; so it is, unless said otherwise, when nothing was counted before. */
  readonly first?: boolean | undefined;
  /** Whether this is the period's last part, which alone is raised to the minimum. Yes, unless said otherwise. */
  readonly last?: boolean | undefined;
  /** A discount that is taken off before the bounds are looked at. */
  readonly percentOff?: Numeric | undefined;
  /** What the parts before were billed; computed from `before` unless said. */
  readonly billedBefore?: Numeric | undefined;
}

/**
 * What a part of a period is billed: the price of all units up to its end, less the price of those before, so that parts add
 * up to the price of the whole period. Not rounded.
 */
export function priceOfPart(part: UsagePart): Decimal {
  const { terms, quantity, percentOff = 0, minimum, maximum, last = true } = part;
  const before = decimal(part.before ?? 0);
  const first = part.first ?? before.isZero();
  const discounted = (amount: Decimal) => amount.minus(percentOf(amount, percentOff));
  const start = first ? new Decimal(0) : discounted(priceOf(terms, before).amount);
  const end = discounted(priceOf(terms, before.plus(decimal(quantity))).amount);
  const billed =
    part.billedBefore === undefined ? withinBounds(start, { maximum }) : decimal(part.billedBefore);
  const most = maximum == null ? null : Decimal.max(decimal(maximum).minus(billed), 0);
  const amount = most ? Decimal.min(end.minus(start), most) : end.minus(start);
  return last && minimum != null ? Decimal.max(amount, decimal(minimum).minus(billed)) : amount;
}

/** `amount`, raised to the minimum and cut to the maximum. */
export function withinBounds(amount: Decimal, { minimum, maximum }: SpendBounds): Decimal {
  const raised = minimum == null ? amount : Decimal.max(amount, decimal(minimum));
  return maximum == null ? raised : Decimal.min(raised, decimal(maximum));
}
