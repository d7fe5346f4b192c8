import { type Decimal, type Numeric, decimal } from "./decimal.ts";
import { exactShareOf } from "./money.ts";
import { type Period, daysIn, millisecondsIn, overlap } from "./period.ts";

/** What time is measured in: exact time, or whole days in the calendar of a zone, where the day of a change is wholly new. */
export type TimeBasis = { readonly unit: "SECOND" } | { readonly unit: "DAY"; readonly zone: string };

/** A stretch of time that something of a period falls into. */
export interface ServiceTime {
  readonly period: Period;
  /** Null for none of it. What lies outside of the period does not count. */
  readonly service: Period | null;
  /** Exact time, unless said otherwise. */
  readonly basis?: TimeBasis | undefined;
}

/**
 * The share of `amount`, which is for all of a period, that falls into a part of it. Not rounded. By whole days, a period within one
 * day has none: a share of no days is 0.
 */
export function timeShare(
  amount: Numeric,
  { period, service, basis = { unit: "SECOND" } }: ServiceTime,
): Decimal {
  const part = service && overlap(period, service);
  const whole = lengthOf(period, basis);
  return part && whole > 0 ? exactShareOf(amount, lengthOf(part, basis), whole) : decimal(0);
}

function lengthOf(period: Period, basis: TimeBasis): number {
  return basis.unit === "DAY" ? daysIn(period, basis.zone) : millisecondsIn(period);
}
