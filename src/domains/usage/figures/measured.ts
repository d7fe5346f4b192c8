import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { millisecondsBetween } from "../roll-ups/columns.ts";
import { allAggregations } from "./aggregations.ts";
import { type PieceOptions, pieces } from "./pieces.ts";

/** Only what an aggregation needs is computed. */
const when = (aggregation: MeterAggregation) =>
  Prisma.sql`FILTER (WHERE NOT p.carried AND t.aggregation = ${Prisma.raw(`'${aggregation}'`)})`;

const length = millisecondsBetween(Prisma.sql`r."from"`, Prisma.sql`r."to"`);

const latest = (filter: Prisma.Sql) =>
  Prisma.sql`(array_agg(p."last" ORDER BY p.last_at DESC, p.last_id DESC) ${filter})[1]`;

const figures: Readonly<Record<MeterAggregation, Prisma.Sql>> = {
  COUNT: Prisma.sql`coalesce(sum(p."count") ${when("COUNT")}, 0)`,
  SUM: Prisma.sql`coalesce(sum(p."sum") ${when("SUM")}, 0)`,
  MAX: Prisma.sql`max(p."max") ${when("MAX")}`,
  MIN: Prisma.sql`min(p."min") ${when("MIN")}`,
  AVG: Prisma.sql`round(sum(p."sum") ${when("AVG")} / nullif(sum(p."count") ${when("AVG")}, 0), 12)`,
  COUNT_UNIQUE: Prisma.sql`count(DISTINCT p.digest) ${when("COUNT_UNIQUE")}`,
  LAST: Prisma.sql`coalesce(${latest(when("LAST"))}, ${latest(Prisma.sql`FILTER (WHERE p.carried AND t.aggregation = 'LAST')`)})`,
  WEIGHTED_SUM: Prisma.sql`coalesce(sum(p."sum") FILTER (WHERE p.carried), 0)
    + round(coalesce(sum(p.area) ${when("WEIGHTED_SUM")}, 0) / ${length}, 12)`,
};

/**
 * PostgreSQL computes what any of the aggregations needs for each meter, so none is written that no meter has. Numbers of events are
 * integers to it, and a figure is a decimal number whatever else is written.
 */
function figureOf(aggregations: readonly MeterAggregation[]): Prisma.Sql {
  const cases = aggregations.map((name) => Prisma.sql`WHEN ${Prisma.raw(`'${name}'`)} THEN ${figures[name]}`);
  return Prisma.sql`(CASE t.aggregation ${Prisma.join(cases, " ")} END)::numeric`;
}

/**
 * The SQL of what meters `t` measured by requests `r`: `figure`, `eventCount`, `firstEventAt`, `lastEventAt`, and with
 * `grouped` a row for each `group`.
 *
 * A request has the columns of a `FigureRequest` and of its `SpanParts`. Hours that lie in its span as a whole are read from the roll-ups, and what is
 * left at its ends from the events.
 */
export function measured(options: PieceOptions): Prisma.Sql {
  const { grouped, aggregations = allAggregations } = options;
  const figure = figureOf(aggregations);
  const current = aggregations.includes("WEIGHTED_SUM")
    ? Prisma.sql`CASE t.aggregation WHEN 'WEIGHTED_SUM' THEN coalesce(sum(p."sum"), 0) ELSE ${figure} END`
    : figure;
  return Prisma.sql`(
    SELECT ${figure} AS figure, ${current} AS current,
           coalesce(sum(p."count") FILTER (WHERE NOT p.carried), 0)::bigint AS "eventCount",
           min(p.first_at) FILTER (WHERE NOT p.carried) AS "firstEventAt",
           max(p.last_at) FILTER (WHERE NOT p.carried) AS "lastEventAt"${grouped ? Prisma.sql`, p."group"` : Prisma.empty}
    FROM (${pieces(options)}) p${grouped ? Prisma.sql` GROUP BY p."group"` : Prisma.empty})`;
}
