import { Temporal } from "temporal-polyfill";
import { dayOfMonth } from "./billing-cycle.ts";
import { civilTime, instantOf } from "./civil-time.ts";
import { earlier } from "./period.ts";

/** The units that a calendar is divided into, in days or in months. */
const lengths = {
  DAY: { days: 1 },
  WEEK: { days: 7 },
  MONTH: { months: 1 },
  QUARTER: { months: 3 },
  HALF_YEAR: { months: 6 },
  YEAR: { months: 12 },
} as const;

export type CalendarUnit = keyof typeof lengths;

/** The first day after `date` that begins a unit of the calendar: a Monday for weeks, and for months and longer the first of one. */
export function nextCalendarStart(date: Temporal.PlainDate, unit: CalendarUnit): Temporal.PlainDate {
  const length = lengths[unit];
  if ("days" in length) return date.add({ days: unit === "WEEK" ? 8 - date.dayOfWeek : 1 });
  return dayOfMonth(
    monthAt(Math.floor(monthNumber(date) / length.months) * length.months + length.months),
    1,
  );
}

/** What the dates of a schedule are counted by. */
export interface AnchorRule {
  readonly unit: CalendarUnit;
  /** How many units lie between two dates. */
  readonly count: number;
  /** The instant whose day (of the week, the month or the year) and time of day in `zone` the dates have. */
  readonly anchor: Date;
  readonly zone: string;
  /**
   * Where the first date is for a start that is not on the anchor's day: on the anchor's next day, or, unless that is in the
   * unit of the start, `count` units after the unit of the start. The two are the same for a `count` of 1.
   */
  readonly first?: "NEXT_ANCHOR_DAY" | "COUNTED_FROM_START";
  /** Nothing is later than this. */
  readonly end?: Date | null | undefined;
}

/** The date that follows `start` by the rule. Unlike a billing cycle the rule has no phase: it knows the anchor's day, not which units it skips. */
export function nextAnchoredDate(start: Date, rule: AnchorRule): Date {
  const { zone, count, first = "NEXT_ANCHOR_DAY", end } = rule;
  const anchor = civilTime(rule.anchor, zone);
  const date = civilTime(start, zone).toPlainDate();
  const occurrence = occurrences(rule.unit, anchor.toPlainDate(), date);
  const here = Temporal.PlainDate.compare(occurrence(0), date);
  const next = here > 0 ? 0 : here === 0 || first === "COUNTED_FROM_START" ? count : 1;
  const result = instantOf(occurrence(next).toPlainDateTime(anchor.toPlainTime()), zone);
  return end ? earlier(result, end) : result;
}

/** The anchor's day in the unit of `date` and, by number, in those before and after it. */
function occurrences(
  unit: CalendarUnit,
  anchor: Temporal.PlainDate,
  date: Temporal.PlainDate,
): (index: number) => Temporal.PlainDate {
  const length = lengths[unit];
  if ("days" in length) {
    const weekday = unit === "WEEK" ? anchor.dayOfWeek - date.dayOfWeek : 0;
    return (index) => date.add({ days: weekday + index * length.days });
  }
  const { months } = length;
  const unitStart = Math.floor(monthNumber(date) / months) * months;
  const offset = monthNumber(anchor) % months;
  return (index) => dayOfMonth(monthAt(unitStart + offset + index * months), anchor.day);
}

/** Months counted from the year 0, so that units of them divide them evenly. */
function monthNumber({ year, month }: Temporal.PlainDate): number {
  return 12 * year + month - 1;
}

function monthAt(number: number): Temporal.PlainYearMonth {
  return Temporal.PlainYearMonth.from({ year: Math.floor(number / 12), month: (number % 12) + 1 });
}
