import type { Temporal } from "temporal-polyfill";
import { civilTime } from "../../kit/civil-time.ts";
import type { Span } from "./figures/query.ts";

export type UsageWindow = "MINUTE" | "HOUR" | "DAY" | "WEEK" | "MONTH";

/** The most windows that a series can have. */
export const mostBuckets = 1_500;

const minute = 60_000;

/** How long a window is at least. */
const shortest: Readonly<Record<UsageWindow, number>> = {
  MINUTE: minute,
  HOUR: 30 * minute,
  DAY: 20 * 60 * minute,
  WEEK: 6 * 24 * 60 * minute,
  MONTH: 27 * 24 * 60 * minute,
};

/**
 * The windows of a span by the clock and the calendar of a zone, in their order. Each starts where clocks show a full minute or hour, a
 * day begins, or a Monday or a first of the month does; the first and the last are cut to the span. Null when they are
 * more than `mostBuckets`.
 */
export function bucketsOf({ start, end }: Span, window: UsageWindow, zone: string): Span[] | null {
  if ((end.getTime() - start.getTime()) / shortest[window] > mostBuckets * 2) return null;
  const buckets: Span[] = [];
  for (let from = start; from < end;) {
    const next = nextAfter(from, window, zone);
    const to = next < end ? next : end;
    buckets.push({ start: from, end: to });
    if (buckets.length > mostBuckets) return null;
    from = to;
  }
  return buckets;
}

/** The start of the first window after the one that `instant` lies in. */
function nextAfter(instant: Date, window: UsageWindow, zone: string): Date {
  // Clocks of today are whole minutes apart.
  if (window === "MINUTE") return new Date((Math.floor(instant.getTime() / minute) + 1) * minute);
  const local = civilTime(instant, zone);
  if (window === "HOUR") return nextHour(local);
  const ahead = { DAY: { days: 1 }, WEEK: { days: 8 - local.dayOfWeek }, MONTH: { months: 1 } }[window];
  const day = window === "MONTH" ? local.toPlainDate().with({ day: 1 }) : local.toPlainDate();
  return new Date(day.add(ahead).toZonedDateTime(zone).epochMilliseconds);
}

/** The next time that clocks show a full hour. Where they are put by half an hour, it is the one before or behind that. */
function nextHour(local: Temporal.ZonedDateTime): Date {
  const into = local.minute * minute + local.second * 1_000 + local.millisecond;
  const hour = local.add({ milliseconds: 60 * minute - into });
  const late = hour.minute * minute;
  return new Date(hour.add({ milliseconds: late && 60 * minute - late }).epochMilliseconds);
}
