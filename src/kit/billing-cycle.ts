import { LRUCache } from "lru-cache";
import type { Temporal } from "temporal-polyfill";
import { civilTime, instantOf } from "./civil-time.ts";
import { type Period, earlier } from "./period.ts";

export type Interval = "DAY" | "WEEK" | "MONTH" | "YEAR";

/** How often something is billed, and from when that is counted. */
export interface BillingCycle {
  readonly interval: Interval;
  /** How many intervals a period has, at least 1. */
  readonly count: number;
  /** The instant that periods are counted from, to both sides: each of them starts at its time of day in `zone`. */
  readonly anchor: Date;
  /**
   * For months and years the day of the month, 1 to 31, on which periods start. A month without it gives its last day, and
   * the next one that has it the day itself. Left out, it is the anchor's own day.
   */
  readonly anchorDay?: number | null | undefined;
  /** The IANA time zone whose calendar counts. */
  readonly zone: string;
}

/** The instants between periods that were asked for lately: finding a period asks for the same ones again and again. */
const boundaries = new LRUCache<string, Date>({ max: 20_000 });

/** The instant between the periods `index − 1` and `index` of a cycle; index 0 is its anchor. Never chained, so days come back after short months. */
export function boundary(cycle: BillingCycle, index: number): Date {
  const { interval, count, anchor, anchorDay, zone } = cycle;
  const key = `${interval} ${count} ${anchor.getTime()} ${anchorDay} ${zone} ${index}`;
  let found = boundaries.get(key);
  if (!found) {
    found = compute(cycle, index);
    boundaries.set(key, found);
  }
  return new Date(found);
}

function compute(cycle: BillingCycle, index: number): Date {
  const anchor = civilTime(cycle.anchor, cycle.zone);
  const steps = cycle.count * index;
  return instantOf(civilBoundary(cycle, anchor, steps).toPlainDateTime(anchor.toPlainTime()), cycle.zone);
}

function civilBoundary(
  cycle: BillingCycle,
  anchor: Temporal.ZonedDateTime,
  steps: number,
): Temporal.PlainDate {
  const date = anchor.toPlainDate();
  if (cycle.interval === "DAY") return date.add({ days: steps });
  if (cycle.interval === "WEEK") return date.add({ weeks: steps });
  const months = cycle.interval === "YEAR" ? 12 * steps : steps;
  return dayOfMonth(date.toPlainYearMonth().add({ months }), cycle.anchorDay ?? date.day);
}

/** That day of a month, or its last one if it is shorter. */
export function dayOfMonth(month: Temporal.PlainYearMonth, day: number): Temporal.PlainDate {
  return month.toPlainDate({ day: Math.min(day, month.daysInMonth) });
}

/** The number of the period that `instant` is in; 0 for the one that starts at the anchor. */
export function indexAt(cycle: BillingCycle, instant: Date): number {
  let index = estimate(cycle, instant);
  while (boundary(cycle, index) > instant) index -= 1;
  while (boundary(cycle, index + 1) <= instant) index += 1;
  return index;
}

/** Nearly the number of a period, by the calendar of UTC: `indexAt` goes the last step. */
function estimate({ interval, count, anchor }: BillingCycle, instant: Date): number {
  const days = (instant.getTime() - anchor.getTime()) / 86_400_000;
  const months =
    12 * (instant.getUTCFullYear() - anchor.getUTCFullYear()) + instant.getUTCMonth() - anchor.getUTCMonth();
  const steps = { DAY: days, WEEK: days / 7, MONTH: months, YEAR: months / 12 }[interval];
  return Math.floor(steps / count);
}

/** The period of that number. */
export function nthPeriod(cycle: BillingCycle, index: number): Period {
  return { start: boundary(cycle, index), end: boundary(cycle, index + 1) };
}

/** The whole period that `instant` is in. */
export function periodAt(cycle: BillingCycle, instant: Date): Period {
  return nthPeriod(cycle, indexAt(cycle, instant));
}

/** The period from `start` to the first boundary after it: whole when it starts on one, and shorter otherwise. */
export function firstPeriod(cycle: BillingCycle, start: Date): Period {
  return { start, end: boundary(cycle, indexAt(cycle, start) + 1) };
}

/** The period that follows without a gap, also after one that was cut short. */
export function nextPeriod(cycle: BillingCycle, { end }: Period): Period {
  return firstPeriod(cycle, end);
}

/** The period that ended where this one starts. */
export function previousPeriod(cycle: BillingCycle, { start }: Period): Period {
  const index = indexAt(cycle, start);
  const whole = boundary(cycle, index);
  return { start: whole < start ? whole : boundary(cycle, index - 1), end: start };
}

/** The periods that cover a stretch of time, the first and the last cut to it. */
export function periodsIn(cycle: BillingCycle, { start, end }: Period): Period[] {
  const periods: Period[] = [];
  for (let from = start; from < end;) {
    const to = earlier(firstPeriod(cycle, from).end, end);
    periods.push({ start: from, end: to });
    from = to;
  }
  return periods;
}

/**
 * The anchor of something that starts at `start` and is billed on `anchorDay` of the month: the start itself when it is on
 * that day, and else the first such day after it, at the same time of day. Days and weeks, and no day at all, count from the start.
 */
export function anchorFor(
  start: Date,
  { interval, anchorDay, zone }: Pick<BillingCycle, "interval" | "anchorDay" | "zone">,
): Date {
  if (anchorDay == null || interval === "DAY" || interval === "WEEK") return start;
  const months: BillingCycle = { interval: "MONTH", count: 1, anchor: start, anchorDay, zone };
  const inThisMonth = boundary(months, 0);
  return inThisMonth >= start ? inThisMonth : boundary(months, 1);
}
