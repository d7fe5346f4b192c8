/** A half-open span of time. */
export interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** The calendar month in UTC that `now` is in. */
export function monthOf(now: Date): Span {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) };
}

/** The span between two instants in the form of `parseInstant`; an end that is missing is that of the month of `now`. */
export function spanOf(from: string | null | undefined, to: string | null | undefined, now: Date): Span {
  const month = monthOf(now);
  return {
    start: from == null ? month.start : wholeMillisecond(from),
    end: to == null ? month.end : wholeMillisecond(to),
  };
}

/** The first millisecond that is not before the instant: what events are, which have whole ones, it makes no difference. */
function wholeMillisecond(instant: string): Date {
  const cut = new Date(instant);
  return instant.endsWith("000Z") ? cut : new Date(cut.getTime() + 1);
}
