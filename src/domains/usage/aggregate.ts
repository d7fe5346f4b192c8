import { Decimal, decimal, sum } from "../../kit/decimal.ts";

export type Aggregation = "COUNT" | "COUNT_UNIQUE" | "SUM" | "AVG" | "MIN" | "MAX" | "LAST";

/** An event, with the value of the property that its meter looks at. */
export interface MeasuredEvent {
  /** Events of the same id count once, the first of them. */
  readonly id?: string | undefined;
  readonly at: Date;
  readonly value: unknown;
}

/**
 * One figure of many events, exactly. Values that are no numbers are left out wherever numbers are computed with. Null
 * where there is nothing to compute with; counts are 0 then.
 */
export function aggregate(aggregation: Aggregation, events: readonly MeasuredEvent[]): Decimal | null {
  const once = withoutDuplicates(events);
  if (aggregation === "COUNT") return decimal(once.length);
  if (aggregation === "COUNT_UNIQUE") {
    return decimal(new Set(once.map(({ value }) => value).filter((value) => value != null)).size);
  }
  const measured = once.flatMap(({ at, value }) => {
    const number = numberOf(value);
    return number ? [{ at, number }] : [];
  });
  const [first, ...others] = measured.map(({ number }) => number);
  if (!first) return null;
  switch (aggregation) {
    case "SUM":
      return sum([first, ...others]);
    case "AVG":
      return sum([first, ...others]).div(measured.length);
    case "MIN":
      return Decimal.min(first, ...others);
    case "MAX":
      return Decimal.max(first, ...others);
    case "LAST":
      return measured.reduce((last, one) => (one.at >= last.at ? one : last)).number;
  }
}

/** A figure as it is billed: nothing and less than nothing are 0. */
export function billableQuantity(figure: Decimal | null): Decimal {
  return Decimal.max(figure ?? 0, 0);
}

/** The first event of each id, and those without one. */
export function withoutDuplicates<Event extends { readonly id?: string | undefined }>(
  events: readonly Event[],
): Event[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => {
    if (id === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

/** Properties are JSON: numbers come as numbers or as texts. */
function numberOf(value: unknown): Decimal | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  try {
    return decimal(String(value));
  } catch {
    return null;
  }
}
