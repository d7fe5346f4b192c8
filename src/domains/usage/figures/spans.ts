const hour = 3_600_000;

/** Where the parts of a span lie: whole hours from `lo` up to `hi`, and the rest before and behind them. */
export interface SpanParts {
  readonly from: Date;
  readonly to: Date;
  readonly lo: Date;
  readonly hi: Date;
  /** Of what lies before the span, whole hours reach up to here. */
  readonly base: Date | "-infinity";
}

/** The parts of a span. Unless `wholeHours` may be read, all of it is the rest. */
export function partsOf(from: Date, to: Date, wholeHours: boolean): SpanParts {
  if (!wholeHours) return { from, to, lo: to, hi: to, base: "-infinity" };
  const base = floor(from);
  const lo = new Date(
    Math.min(to.getTime(), base.getTime() === from.getTime() ? from.getTime() : base.getTime() + hour),
  );
  const hi = new Date(Math.max(lo.getTime(), floor(to).getTime()));
  return { from, to, lo, hi, base };
}

/** Whether something of a span lies outside of whole hours. */
export function hasRest({ from, to, lo, hi }: SpanParts): boolean {
  return from < lo || hi < to;
}

function floor(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / hour) * hour);
}
