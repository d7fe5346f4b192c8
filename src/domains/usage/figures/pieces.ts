import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { allAggregations } from "./aggregations.ts";
import { digestOf, eventColumns, millisecondsBetween } from "../roll-ups/columns.ts";
import { meetsAll } from "./conditions.ts";

/** What pieces are read, and of whom. */
export interface PieceOptions {
  /** Those that meters may have, all unless said: what none of them needs is not read. */
  readonly aggregations?: readonly MeterAggregation[] | undefined;
  readonly environmentId: string;
  /** Whether requests name a customer each, or mean all of them. */
  readonly scope: "CUSTOMER" | "METER";
  /** Whether any request has whole hours to be read from the roll-ups. */
  readonly rolledUp: boolean;
  /** Whether any request has something to be read from the events. */
  readonly raw: boolean;
  /** Whether any request has `conditions` or `except`: PostgreSQL sets up the comparison of both for each month of events. */
  readonly conditional: boolean;
  /** Whether events are told apart by the property that a request names as `groupBy`. Only where all is read from events. */
  readonly grouped: boolean;
  /** Whether only events of other groups than those that a request names are read. */
  readonly others?: boolean;
}

/** The aggregations that what lies before a span can count for. */
const carrying: ReadonlySet<MeterAggregation> = new Set(["LAST", "WEIGHTED_SUM"]);

/**
 * The SQL of the pieces that a figure of request `r` and meter `t` is made of: hours of the roll-ups, and single events.
 * `carried` are those before the span, for meters that carry over what was there.
 */
export function pieces(options: PieceOptions): Prisma.Sql {
  const { rolledUp, raw, aggregations = allAggregations } = options;
  const unique = aggregations.includes("COUNT_UNIQUE");
  const carries = aggregations.some((name) => carrying.has(name));
  const parts = [
    ...(rolledUp ? [hours(options, within("lo", "hi"), false)] : []),
    ...(rolledUp && unique ? [values(options)] : []),
    ...(raw ? [events(options, ends, false)] : []),
    ...(rolledUp && carries ? [hours(options, Prisma.sql`h.hour < r.base AND t.carry_forward`, true)] : []),
    ...(raw && carries ? [events(options, before, true)] : []),
  ];
  return Prisma.join(parts, " UNION ALL ");
}

const within = (from: string, to: string) => Prisma.raw(`h.hour >= r."${from}" AND h.hour < r."${to}"`);

/** What lies before and behind the whole hours of a span, and what lies before the span: rows of "from" and "to". */
const ends = Prisma.sql`(r."from", r.lo), (r.hi, r."to")`;
const before = Prisma.sql`(r.base, r."from")`;

const flag = (carried: boolean) => Prisma.raw(String(carried));

/** Whose pieces of a table they are. */
function owned({ environmentId, scope }: PieceOptions, table: string): Prisma.Sql {
  const customer = Prisma.raw(scope === "CUSTOMER" ? `AND ${table}.customer_id = r."customerId"` : "");
  return Prisma.sql`${Prisma.raw(table)}.environment_id = ${environmentId}::uuid ${customer} AND ${Prisma.raw(table)}.meter_id = t.id`;
}

const ofSubscriptions = (subscription: Prisma.Sql) =>
  Prisma.sql`(r."subscriptionIds" IS NULL OR ${subscription} = ANY(r."subscriptionIds"))`;

const area = (value: Prisma.Sql) => Prisma.sql`CASE WHEN t.aggregation = 'WEIGHTED_SUM' THEN ${value} END`;

function hours(options: PieceOptions, span: Prisma.Sql, carried: boolean): Prisma.Sql {
  const held = Prisma.sql`h."sum" * ${millisecondsBetween(Prisma.sql`h.hour`, Prisma.sql`r."to"`)} - h."moment"`;
  return Prisma.sql`
    SELECT ${flag(carried)} AS carried, h."count", h."sum", ${area(held)} AS area, h."min", h."max", h.first_at, h.last_at,
           h.last_id, h."last", NULL::bytea AS digest, NULL::text AS "group"
    FROM usage_hours h
    WHERE ${owned(options, "h")} AND ${span} AND h."count" > 0 AND ${ofSubscriptions(Prisma.sql`h.subscription_id`)}`;
}

/** The values of whole days in UTC, and of the hours before and behind them: what a value is in twice counts once. */
function values(options: PieceOptions): Prisma.Sql {
  const of = (table: Prisma.Sql, span: Prisma.Sql) => Prisma.sql`
    SELECT false, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, h.digest, NULL
    FROM ${table} h
    WHERE ${owned(options, "h")} AND ${span} AND t.aggregation = 'COUNT_UNIQUE'
      AND ${ofSubscriptions(Prisma.sql`h.subscription_id`)}`;
  // Where there are no whole hours, `lo` and `hi` are one instant within an hour.
  const first = Prisma.sql`least(r.hi, greatest(r.lo, date_trunc('day', r.lo + interval '23 hours', 'UTC')))`;
  const last = Prisma.sql`greatest(${first}, date_trunc('day', r.hi, 'UTC'))`;
  const hourValues = Prisma.sql`usage_hour_values`;
  const parts = [
    of(Prisma.sql`usage_day_values`, Prisma.sql`h.day >= ${first} AND h.day < ${last} AND h.hours > 0`),
    of(hourValues, Prisma.sql`h.hour >= r.lo AND h.hour < ${first}`),
    of(hourValues, Prisma.sql`h.hour >= ${last} AND h.hour < r.hi`),
  ];
  return Prisma.join(parts, " UNION ALL ");
}

/**
 * Events of all spans are read in one place, since PostgreSQL sets up each month of them for each place. `OFFSET 0` has it look for each span by
 * itself: of a month that it has no statistics of yet, it would take another index, and all events of a meter, for as cheap.
 */
function events(options: PieceOptions, spans: Prisma.Sql, carried: boolean): Prisma.Sql {
  const { value, subscription } = eventColumns;
  const held = Prisma.sql`${value} * ${millisecondsBetween(Prisma.sql`e."timestamp"`, Prisma.sql`r."to"`)}`;
  const text = Prisma.sql`(e.properties ->> r."groupBy")`;
  const group = options.grouped ? text : Prisma.sql`NULL`;
  const others = Prisma.sql`AND CASE WHEN ${text} IS NULL THEN NOT r."noneNamed" ELSE ${text} <> ALL(r.named) END`;
  return Prisma.sql`
    SELECT piece.* FROM (VALUES ${spans}) AS s("from", "to") CROSS JOIN LATERAL (
    SELECT ${flag(carried)} AS carried, 1 AS "count", ${value} AS "sum", ${area(held)} AS area, ${value} AS "min", ${value} AS "max",
           e."timestamp" AS first_at, e."timestamp" AS last_at, e.id AS last_id, ${value} AS "last",
           CASE WHEN t.aggregation = 'COUNT_UNIQUE' THEN ${digestOf(Prisma.sql`e.properties ->> t.unique_key`)} END AS digest,
           ${group} AS "group"
    FROM usage_events e
    WHERE ${owned(options, "e")} AND e."timestamp" >= s."from" AND e."timestamp" < s."to" AND e.voided_at IS NULL
      AND ${ofSubscriptions(subscription)} ${carried ? Prisma.sql`AND t.carry_forward` : Prisma.empty}
      ${options.conditional ? meetsConditions : Prisma.empty} ${options.others ? others : Prisma.empty}
    OFFSET 0) piece WHERE s."from" < s."to"`;
}

const properties = Prisma.sql`e.properties`;

/** Whether an event meets all conditions of a request, and not all of one of its lists of others. */
const meetsConditions = Prisma.sql`
  AND (r.conditions IS NULL OR ${meetsAll(properties, Prisma.sql`r.conditions`)})
  AND (r."except" IS NULL OR NOT EXISTS (
    SELECT FROM jsonb_array_elements(r."except") AS other(conditions)
    WHERE ${meetsAll(properties, Prisma.sql`other.conditions`)}))`;
