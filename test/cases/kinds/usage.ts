import { type Aggregation, aggregate, billableQuantity } from "../../../src/domains/usage/aggregate.ts";
import { weightedCount, weightedSum } from "../../../src/domains/usage/time-weighted.ts";
import { roundTo } from "../../../src/kit/decimal.ts";
import { dayAfter, daysFrom, instant } from "./dates.ts";

interface Aggregate {
  aggregation: string;
  field: string | null;
  events: { id?: string; timestamp: string; properties: Record<string, unknown> }[];
  empty_is_null?: boolean;
  negative_latest_is_zero?: boolean;
}

interface Weighted {
  period_from: string;
  period_to: string;
  events: { id?: string; timestamp: string; value: string }[];
  decimals?: number;
  initial?: string;
}

interface Unique {
  period_from: string;
  period_to: string;
  actives: { from?: string; to?: string }[];
}

/** What files call aggregations, where it is not what they are called here. */
const names: Readonly<Record<string, Aggregation>> = { LATEST: "LAST", UNIQUE_COUNT: "COUNT_UNIQUE" };
const days = { unit: "DAY", zone: "UTC" } as const;

export const usage = {
  "usage.aggregate": (input: Aggregate) => {
    const { field } = input;
    const figure = aggregate(
      names[input.aggregation] ?? (input.aggregation as Aggregation),
      input.events.map(({ id, timestamp, properties }) => ({
        id,
        at: instant(timestamp),
        value: field === null ? null : properties[field],
      })),
    );
    if (input.negative_latest_is_zero) return { value: billableQuantity(figure) };
    return { value: figure ?? (input.empty_is_null ? null : "0") };
  },
  "usage.weighted_sum": (input: Weighted) => {
    const period = { start: instant(input.period_from), end: instant(input.period_to) };
    const changes = input.events.map(({ timestamp, ...event }) => ({ ...event, at: instant(timestamp) }));
    return {
      value: roundTo(weightedSum(period, changes, { initial: input.initial ?? 0 }), input.decimals ?? 5),
    };
  },
  "usage.prorated_sum": (input: Weighted) => {
    const period = daysFrom(input.period_from, input.period_to);
    const changes = input.events.map(({ timestamp, ...event }) => ({ ...event, at: instant(timestamp) }));
    return { value: roundTo(weightedSum(period, changes, { basis: days }), 5, "CEILING") };
  },
  "usage.prorated_unique": (input: Unique) => {
    const actives = input.actives.map(({ from, to }) => ({
      from: from ? instant(from) : undefined,
      to: to ? dayAfter(to) : undefined,
    }));
    const period = daysFrom(input.period_from, input.period_to);
    return { value: roundTo(weightedCount(period, actives, days), 5, "CEILING") };
  },
};
