/** An instant, in milliseconds since 1970. All of the model's calendar is UTC's. */
export type Instant = number;

export const day = 86_400_000;

/** A stretch of time, half-open. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** How often something is billed, from when, and on which day of the month. */
export interface Cycle {
  readonly interval: "DAY" | "WEEK" | "MONTH" | "YEAR";
  readonly count: number;
  readonly anchor: Instant;
  readonly anchorDay: number;
}

export const dayOf = (at: Instant): number => new Date(at).getUTCDate();
export const iso = (at: Instant): string => new Date(at).toISOString();
export const short = (at: Instant): string => iso(at).replace(/T00:00:00.000Z$|:00.000Z$/, "");

/** The boundary of a cycle with that number; 0 is the anchor. */
function boundary({ interval, count, anchor, anchorDay }: Cycle, index: number): Instant {
  if (interval === "DAY") return anchor + index * count * day;
  if (interval === "WEEK") return anchor + index * count * 7 * day;
  const date = new Date(anchor);
  const months = index * count * (interval === "YEAR" ? 12 : 1);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return +first + (Math.min(anchorDay, last) - 1) * day + (anchor % day);
}

/** The whole period of the cycle that an instant is in: found step by step, from the anchor. */
export function wholeAt(cycle: Cycle, at: Instant): Span {
  let index = 0;
  while (boundary(cycle, index) > at) index -= 1;
  while (boundary(cycle, index + 1) <= at) index += 1;
  return { from: boundary(cycle, index), to: boundary(cycle, index + 1) };
}

/** Where a cycle that is paid from `from` on has its anchor: on that day of the month, there or after it. */
export function anchorFrom(from: Instant, interval: Cycle["interval"], anchorDay: number): Instant {
  if (interval === "DAY" || interval === "WEEK") return from;
  const months: Cycle = { interval: "MONTH", count: 1, anchor: from, anchorDay };
  const here = boundary(months, 0);
  return here >= from ? here : boundary(months, 1);
}

/** What both spans have in common; null for nothing. */
export function meet(some: Span, other: Span): Span | null {
  const from = Math.max(some.from, other.from);
  const to = Math.min(some.to, other.to);
  return from < to ? { from, to } : null;
}

/** What is left of a span without others. */
export function without(span: Span, others: readonly Span[]): Span[] {
  return others.reduce<Span[]>(
    (left, other) =>
      left.flatMap((part) => {
        if (!meet(part, other)) return [part];
        return [
          { from: part.from, to: Math.min(part.to, other.from) },
          { from: Math.max(part.from, other.to), to: part.to },
        ].filter(({ from, to }) => from < to);
      }),
    [span],
  );
}

/** The length of a span: by exact time, or by days of the calendar, where a day belongs to the span that it starts in. */
export function lengthOf({ from, to }: Span, byDay: boolean): number {
  return byDay ? Math.floor(to / day) - Math.floor(from / day) : to - from;
}
