import { civilDate } from "../../kit/civil-time.ts";
import type { Span } from "./figures/query.ts";

/** The calendar month that `now` is in, by the calendar of a zone. */
export function monthOf(now: Date, zone = "UTC"): Span {
  const first = civilDate(now, zone).with({ day: 1 });
  const start = new Date(first.toZonedDateTime(zone).epochMilliseconds);
  return { start, end: new Date(first.add({ months: 1 }).toZonedDateTime(zone).epochMilliseconds) };
}

/** The span between two instants in the form of `parseInstant`; an end that is missing is that of the month of `now`. */
export function spanOf(
  from: string | null | undefined,
  to: string | null | undefined,
  now: Date,
  zone = "UTC",
): Span {
  return {
    start: from == null ? monthOf(now, zone).start : wholeMillisecond(from),
    end: to == null ? monthOf(now, zone).end : wholeMillisecond(to),
  };
}

/** The first millisecond that is not before the instant: what events are, which have whole ones, it makes no difference. */
function wholeMillisecond(instant: string): Date {
  const cut = new Date(instant);
  return instant.endsWith("000Z") ? cut : new Date(cut.getTime() + 1);
}
