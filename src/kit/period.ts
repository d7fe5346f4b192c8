import { daysBetween } from "./civil-time.ts";

/** A half-open stretch of time: from its start up to, and without, its end. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** A period of at least a moment; a RangeError otherwise. */
export function periodOf(start: Date, end: Date): Period {
  if (!(start.getTime() < end.getTime())) throw new RangeError("a period ends after its start");
  return { start, end };
}

/** Whether `instant` lies in the period. Its end does not. */
export function contains({ start, end }: Period, instant: Date): boolean {
  return start.getTime() <= instant.getTime() && instant.getTime() < end.getTime();
}

/** What two periods have in common; null when that is nothing. */
export function overlap(one: Period, other: Period): Period | null {
  const start = later(one.start, other.start);
  const end = earlier(one.end, other.end);
  return start.getTime() < end.getTime() ? { start, end } : null;
}

/** What is left of a period from `instant` on; null when that is nothing. */
export function remainderOf(period: Period, instant: Date): Period | null {
  return overlap(period, { start: instant, end: later(instant, period.end) });
}

/** How long a period is. */
export function millisecondsIn({ start, end }: Period): number {
  return end.getTime() - start.getTime();
}

/** How long a period is in seconds; a change of the clock makes a day longer or shorter. */
export function secondsIn(period: Period): number {
  return millisecondsIn(period) / 1000;
}

/** The days of a period in the calendar of `zone`: from the day of its start up to, and without, the day of its end. */
export function daysIn({ start, end }: Period, zone: string): number {
  return daysBetween(start, end, zone);
}

export function earlier(one: Date, other: Date): Date {
  return one.getTime() <= other.getTime() ? one : other;
}

export function later(one: Date, other: Date): Date {
  return one.getTime() >= other.getTime() ? one : other;
}
