import type { Span, UsageRow } from "./figures/query.ts";

/** What a meter measured in one window of a series. */
export interface UsagePoint {
  readonly period: Span;
  readonly total: string | null;
  readonly eventCount: bigint;
}

/** What a meter measured, window by window. */
export interface UsageSeries {
  readonly meterId: string;
  readonly group: string | null;
  readonly otherGroups: number;
  readonly points: readonly UsagePoint[];
}

/** The series that the rows of one object make, one for each group, with a point for every window: those with the most events first, and what other groups come to last. */
export function seriesOf(rows: readonly UsageRow[], windows: readonly Span[]): UsageSeries[] {
  const groups = Map.groupBy(rows, ({ meterId, group, otherGroups }) =>
    JSON.stringify([meterId, group, otherGroups]),
  );
  return [...groups.values()]
    .map((group) => ({
      ...series(group, windows),
      events: group.reduce((sum, { eventCount }) => sum + eventCount, 0n),
    }))
    .toSorted((one, other) => one.otherGroups - other.otherGroups || Number(other.events - one.events));
}

function series(rows: readonly UsageRow[], windows: readonly Span[]): UsageSeries {
  const { meterId, group, otherGroups, aggregation } = rows[0] as UsageRow;
  const bySpan = new Map(rows.map((row) => [row.span, row]));
  const zero = { MAX: null, MIN: null, AVG: null, LAST: null } as const;
  const nothing = aggregation in zero ? null : "0";
  const points = windows.map((period, span): UsagePoint => {
    const row = bySpan.get(span);
    return { period, total: row ? row.total : nothing, eventCount: row?.eventCount ?? 0n };
  });
  return { meterId, group, otherGroups, points };
}
