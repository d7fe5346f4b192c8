import { Temporal } from "temporal-polyfill";
import { periodsIn } from "../../../src/kit/billing-cycle.ts";
import { type CalendarUnit, nextAnchoredDate, nextCalendarStart } from "../../../src/kit/calendar.ts";
import { civilDate, daysBetween } from "../../../src/kit/civil-time.ts";
import { instant } from "./dates.ts";

/** What files call the units of a calendar. */
const units: Readonly<Record<string, CalendarUnit>> = {
  DAILY: "DAY",
  WEEKLY: "WEEK",
  MONTHLY: "MONTH",
  QUARTERLY: "QUARTER",
  HALF_YEARLY: "HALF_YEAR",
  ANNUAL: "YEAR",
  YEARLY: "YEAR",
};

function unitOf(period: string): CalendarUnit {
  const unit = units[period];
  if (!unit) throw new RangeError(`unknown period ${period}`);
  return unit;
}

interface NextDate {
  start: string;
  anchor: string;
  period: string;
  count: number;
  end?: string;
}

export const periods = {
  "period.month_buckets": ({ start, end }: { start: string; end: string }) => {
    const anchor = instant(start);
    const months = periodsIn(
      { interval: "MONTH", count: 1, anchor, zone: "UTC" },
      { start: anchor, end: instant(end) },
    );
    return { starts: months.map((month) => civilDate(month.start, "UTC")) };
  },
  "period.calendar_anchor": ({ start, period }: { start: string; period: string }) => ({
    anchor: nextCalendarStart(Temporal.PlainDate.from(start), unitOf(period)),
  }),
  // The files hold schedules that count from the unit of the start.
  "period.next_date": ({ start, anchor, period, count, end }: NextDate) => ({
    next: nextAnchoredDate(new Date(start), {
      unit: unitOf(period),
      count,
      anchor: new Date(anchor),
      zone: "UTC",
      first: "COUNTED_FROM_START",
      end: end ? new Date(end) : null,
    }),
  }),
  "proration.civil_days": (input: { from_local: string; to_local: string; timezone: string }) => ({
    days: daysBetween(
      instant(input.from_local, input.timezone),
      instant(input.to_local, input.timezone),
      input.timezone,
    ),
  }),
};
