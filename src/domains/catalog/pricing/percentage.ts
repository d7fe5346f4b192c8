import { Decimal, type Numeric, decimal, sum } from "../../../kit/decimal.ts";
import { percentOf } from "../../../kit/money.ts";
import { priceOf } from "./amount.ts";

/** A fee on money that moves: a percentage of each event's amount, and what goes with it. */
export interface PercentageTerms {
  readonly percentage: Numeric;
  /** Charged for each event on top. */
  readonly fixedAmount?: Numeric | null | undefined;
  /** That many events of a period are free, until `freeAmount` is used up. */
  readonly freeEvents?: number | null | undefined;
  /** That much of a period's amounts is free, for as many events as are free. */
  readonly freeAmount?: Numeric | null | undefined;
  /** Bounds of what one event is charged, unless it is free. */
  readonly minimumPerEvent?: Numeric | null | undefined;
  readonly maximumPerEvent?: Numeric | null | undefined;
}

/** The fee on a period's events, in their order. Nothing is charged when they come to nothing. Not rounded. */
export function percentageFee(terms: PercentageTerms, amounts: readonly Numeric[]): Decimal {
  if (sum(amounts).isZero()) return new Decimal(0);
  let seen = new Decimal(0);
  const fees = amounts.map((value, index) => {
    const amount = decimal(value);
    const free = mayBeFree(terms, index) ? freeOf(terms, amount, seen) : null;
    seen = seen.plus(amount);
    return free?.eq(amount) ? new Decimal(0) : feeOn(terms, amount.minus(free ?? 0));
  });
  return sum(fees);
}

function mayBeFree({ freeEvents, freeAmount }: PercentageTerms, index: number): boolean {
  return freeEvents == null ? freeAmount != null : index < freeEvents;
}

/** How much of an event that may be free is free, after events over `seen`. */
function freeOf({ freeAmount }: PercentageTerms, amount: Decimal, seen: Decimal): Decimal {
  return freeAmount == null ? amount : Decimal.min(amount, Decimal.max(decimal(freeAmount).minus(seen), 0));
}

function feeOn(terms: PercentageTerms, amount: Decimal): Decimal {
  const fee = percentOf(amount, terms.percentage).plus(decimal(terms.fixedAmount ?? 0));
  const raised = terms.minimumPerEvent == null ? fee : Decimal.max(fee, decimal(terms.minimumPerEvent));
  return terms.maximumPerEvent == null ? raised : Decimal.min(raised, decimal(terms.maximumPerEvent));
}

/** A tier of amounts. */
export interface PercentageTier {
  readonly upTo: Numeric | null;
  readonly percentage: Numeric;
  readonly flatAmount?: Numeric | null | undefined;
}

/** A percentage that differs by tier: each tier's is taken of the part of `amount` in it. Not rounded. */
export function graduatedPercentageFee(tiers: readonly PercentageTier[], amount: Numeric): Decimal {
  const graduated = tiers.map(({ percentage, ...tier }) => ({
    ...tier,
    unitAmount: percentOf(1, percentage),
  }));
  return priceOf({ model: "GRADUATED", tiers: graduated }, amount).amount;
}
