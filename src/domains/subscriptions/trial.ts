import { addDays } from "../../kit/civil-time.ts";
import { type Period, later, overlap } from "../../kit/period.ts";

/** The end of a trial of so many days in the calendar of `zone`: the same time of day, clocks changed or not. Null without days. */
export function trialEnd(start: Date, days: number, zone: string): Date | null {
  return days > 0 ? addDays(start, days, zone) : null;
}

/** What of a period is billed when a trial ends: all after it; null when the trial lasts longer. */
export function billedPart(period: Period, trialEndsAt: Date | null | undefined): Period | null {
  if (!trialEndsAt) return period;
  return overlap(period, { start: trialEndsAt, end: later(trialEndsAt, period.end) });
}
