import { type Decimal, type Numeric, decimal, sum } from "../../kit/decimal.ts";
import { type Period, later } from "../../kit/period.ts";
import { type TimeBasis, timeShare } from "../../kit/time-share.ts";
import { withoutDuplicates } from "./aggregate.ts";

/** How much more, or less, is held from an instant on. */
export interface HeldChange {
  /** Changes of the same id count once. */
  readonly id?: string | undefined;
  readonly at: Date;
  readonly value: Numeric;
}

/**
 * What was held in a period on average: each change counts for the share of the period that it was there for. What was held
 * before, as `initial` or by earlier changes, counts fully. Not rounded.
 */
export function weightedSum(
  period: Period,
  changes: readonly HeldChange[],
  { initial = 0, basis }: { readonly initial?: Numeric; readonly basis?: TimeBasis } = {},
): Decimal {
  const weighted = withoutDuplicates(changes).map(({ at, value }) =>
    timeShare(value, { period, service: { start: at, end: later(at, period.end) }, basis }),
  );
  return decimal(initial).plus(sum(weighted));
}

/** How many things were there in a period on average. One without a start was there before, one without an end still is. */
export function weightedCount(
  period: Period,
  actives: readonly { readonly from?: Date | undefined; readonly to?: Date | undefined }[],
  basis?: TimeBasis,
): Decimal {
  const shares = actives.map(({ from = period.start, to = period.end }) =>
    timeShare(1, { period, service: { start: from, end: to }, basis }),
  );
  return sum(shares);
}
