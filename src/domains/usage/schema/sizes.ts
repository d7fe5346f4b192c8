import { type Given, type SizeRule } from "../../../graph/sizes.ts";
import { parseInstant } from "../../../kit/instant.ts";
import { mostBuckets, type UsageWindow } from "../buckets.ts";
import { mostGroups } from "../figures/statement.ts";
import { mostMeters } from "../figures/query.ts";
import { spanOf } from "../period.ts";

const day = 86_400_000;

/** How long windows are, about. */
const lengths: Readonly<Record<UsageWindow, number>> = {
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: day,
  WEEK: 7 * day,
  MONTH: 30 * day,
};

const longestMonth = 31 * day;

type Now = () => number;

/** How many rows the fields that read usage can have for each object that they are asked of, by the arguments that decide it. */
const factors = {
  meterIds: (given: Given): number => {
    const ids = given("meterIds");
    if (ids == null) return mostMeters;
    return Array.isArray(ids) ? ids.length : 1;
  },
  groupBy: (given: Given): number => (given("groupBy") == null ? 1 : mostGroups + 1),
  window: (given: Given, now: Now): number => {
    const length = lengths[(given("window") ?? "DAY") as UsageWindow] ?? lengths.MINUTE;
    const windows = Math.ceil(lengthOfSpan(given("from"), given("to"), now) / length) + 1;
    return Math.max(1, Math.min(windows, mostBuckets));
  },
};

/** Prices a list by the rows of usage that it is made of. Such a list is refused when it turns out to have more. */
export function sizeOfUsage(...names: readonly (keyof typeof factors)[]): SizeRule {
  return {
    factors: names,
    size: (given, now) => names.reduce((size, name) => size * factors[name](given, now), 1),
  };
}

/** The length of a span in milliseconds; 0 of one that cannot be read, which is refused. */
function lengthOfSpan(from: unknown, to: unknown, now: Now): number {
  if (from == null && to == null) return longestMonth;
  const [start, end] = [from, to].map((text) => (typeof text === "string" ? parseInstant(text) : null));
  if ((from != null && start === null) || (to != null && end === null)) return 0;
  const span = spanOf(start, end, from == null || to == null ? new Date(now()) : new Date(0));
  return span.end.getTime() - span.start.getTime();
}
