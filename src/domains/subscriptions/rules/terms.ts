import type { Numeric } from "../../../kit/decimal.ts";
import { decimal } from "../../../kit/decimal.ts";
import { type Period, contains, earlier, later, overlap } from "../../../kit/period.ts";

/** What an item is billed by. */
export interface ItemTerms {
  readonly priceId: string;
  readonly quantity: Numeric;
  /** What the customer chose to pay for one unit of a price that leaves it to them. */
  readonly unitAmount: Numeric | null;
}

/** What an item is billed by in a span of time; null where it is not billed. */
export interface TermsSpan {
  readonly start: Date;
  readonly end: Date;
  readonly terms: ItemTerms | null;
}

/** The terms of an item for all time, without gaps. */
export type TermsTimeline = readonly TermsSpan[];

/** The first and the last instant that there are: before everything, and after it. */
export const beginning = new Date(0);
export const forever = new Date(8_640_000_000_000_000);

/** Terms that an operation has written: they hold for their span, whatever was written before. */
export interface WrittenTerms {
  readonly start: Date;
  /** Null for no end. */
  readonly end: Date | null;
  readonly terms: ItemTerms | null;
}

/** Terms that have always held. */
export function always(terms: ItemTerms | null): TermsTimeline {
  return [{ start: beginning, end: forever, terms }];
}

/** The timeline after terms were written, the earliest first. Nothing holds where nothing was written. */
export function timelineOf(written: readonly WrittenTerms[]): TermsTimeline {
  return written.reduce<TermsTimeline>(
    (timeline, { start, end, terms }) => overlaid(timeline, { start, end: end ?? forever, terms }),
    always(null),
  );
}

function overlaid(timeline: TermsTimeline, span: TermsSpan): TermsTimeline {
  const parts = timeline.flatMap((part) => [
    { ...part, end: earlier(part.end, span.start) },
    { ...part, start: later(part.start, span.end) },
  ]);
  const all = [...parts, span].filter(({ start, end }) => start < end);
  return merged(all.toSorted((one, other) => one.start.getTime() - other.start.getTime()));
}

/** Spans of equal terms that follow each other are one. */
function merged(spans: readonly TermsSpan[]): TermsTimeline {
  const result: TermsSpan[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && sameTerms(last.terms, span.terms)) result[result.length - 1] = { ...last, end: span.end };
    else result.push(span);
  }
  return result;
}

/** Whether two terms bill the same. */
export function sameTerms(one: ItemTerms | null, other: ItemTerms | null): boolean {
  if (!one || !other) return one === other;
  const sameUnit =
    one.unitAmount === null || other.unitAmount === null
      ? one.unitAmount === other.unitAmount
      : decimal(one.unitAmount).eq(decimal(other.unitAmount));
  return one.priceId === other.priceId && sameUnit && decimal(one.quantity).eq(decimal(other.quantity));
}

/** The spans of a timeline within a period, cut to it. */
export function spansIn(timeline: TermsTimeline, period: Period): TermsSpan[] {
  return timeline.flatMap((span) => {
    const part = overlap(span, period);
    return part ? [{ ...span, ...part }] : [];
  });
}

/** The span of a timeline that an instant lies in. */
export function spanAt(timeline: TermsTimeline, at: Date): TermsSpan | undefined {
  return timeline.find((span) => contains(span, at));
}

/** The terms that hold at an instant. */
export function termsAt(timeline: TermsTimeline, at: Date): ItemTerms | null {
  return spanAt(timeline, at)?.terms ?? null;
}

/** Whether two timelines bill the same in a period. */
export function sameIn(one: TermsTimeline, other: TermsTimeline, period: Period): boolean {
  const [first, second] = [merged(spansIn(one, period)), merged(spansIn(other, period))];
  return (
    first.length === second.length &&
    first.every((span, index) => {
      const twin = second[index];
      return twin && +span.start === +twin.start && sameTerms(span.terms, twin.terms);
    })
  );
}

/**
 * What has to be written so that `change` holds from an instant on: it is told the terms of each span from then on, and gives those that
 * they become. So an operation changes what it names, and leaves alone what others have put off to a later time.
 */
export function writtenFrom(
  timeline: TermsTimeline,
  from: Date,
  change: (terms: ItemTerms | null) => ItemTerms | null,
): WrittenTerms[] {
  return merged(
    spansIn(timeline, { start: from, end: forever }).map((span) => ({ ...span, terms: change(span.terms) })),
  ).map(({ start, end, terms }) => ({ start, end: end < forever ? end : null, terms }));
}

/**
 * What changes terms as an item changed: what is different in it, and what was `named`: a value that was put off to a later time, and is
 * named again, holds from now on.
 */
export function changeOf(
  before: ItemTerms | null,
  after: ItemTerms | null,
  named: readonly (keyof ItemTerms)[] = [],
): (terms: ItemTerms | null) => ItemTerms | null {
  if (!before || !after) return () => after;
  const fields = (["priceId", "quantity", "unitAmount"] as const).filter(
    (field) => named.includes(field) || !sameTerms({ ...after, [field]: before[field] }, after),
  );
  const changed = Object.fromEntries(fields.map((field) => [field, after[field]]));
  return (terms) => terms && { ...terms, ...changed };
}
