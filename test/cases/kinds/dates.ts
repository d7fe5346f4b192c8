import { Temporal } from "temporal-polyfill";
import { addDays, instantOf } from "../../../src/kit/civil-time.ts";
import type { Period } from "../../../src/kit/period.ts";

/** The instant of a text: with an offset, or else by the clocks of `zone`, and midnight unless it has a time. */
export function instant(text: string, zone = "UTC"): Date {
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(text) && text.includes("T")) return new Date(text);
  return instantOf(Temporal.PlainDateTime.from(text), zone);
}

/** The period from the first to the last day, both of them included. */
export function daysFrom(first: string, last: string, zone = "UTC"): Period {
  return { start: instant(first, zone), end: dayAfter(last, zone) };
}

export function dayAfter(text: string, zone = "UTC"): Date {
  return addDays(instant(text, zone), 1, zone);
}
