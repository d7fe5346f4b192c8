import { Temporal } from "temporal-polyfill";

/** `instant` as a clock and calendar in `zone` show it. */
export function civilTime(instant: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
}

/** The day that `instant` is in, in `zone`. */
export function civilDate(instant: Date, zone: string): Temporal.PlainDate {
  return civilTime(instant, zone).toPlainDate();
}

/** The instant at which clocks in `zone` show `local`: where they skip it, as much later; where they show it twice, the first time. */
export function instantOf(local: Temporal.PlainDateTime, zone: string): Date {
  return new Date(local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds);
}

/** When the day of `instant` begins in `zone`, which is not midnight everywhere. */
export function startOfDay(instant: Date, zone: string): Date {
  return new Date(civilTime(instant, zone).startOfDay().epochMilliseconds);
}

/** The same time of day, `days` later in the calendar of `zone`. */
export function addDays(instant: Date, days: number, zone: string): Date {
  return new Date(civilTime(instant, zone).add({ days }).epochMilliseconds);
}

/** How many days later in the calendar of `zone` the day of `to` is than the day of `from`; changes of the clock do not count. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  return civilDate(from, zone).until(civilDate(to, zone), { largestUnit: "day" }).days;
}
