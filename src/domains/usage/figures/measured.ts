import { Prisma } from "../../../db/generated/prisma/client.ts";
import { millisecondsBetween } from "../roll-ups/columns.ts";
import { type PieceOptions, pieces } from "./pieces.ts";

/** Only what an aggregation needs is computed. */
const when = (...aggregations: readonly string[]) =>
  Prisma.sql`FILTER (WHERE NOT p.carried AND t.aggregation IN (${Prisma.join(aggregations.map((name) => Prisma.raw(`'${name}'`)))}))`;

const length = millisecondsBetween(Prisma.sql`r."from"`, Prisma.sql`r."to"`);

const latest = (filter: Prisma.Sql) =>
  Prisma.sql`(array_agg(p."last" ORDER BY p.last_at DESC, p.last_id DESC) ${filter})[1]`;

const figure = Prisma.sql`CASE t.aggregation
  WHEN 'COUNT' THEN coalesce(sum(p."count") ${when("COUNT")}, 0)
  WHEN 'SUM' THEN coalesce(sum(p."sum") ${when("SUM")}, 0)
  WHEN 'MAX' THEN max(p."max") ${when("MAX")}
  WHEN 'MIN' THEN min(p."min") ${when("MIN")}
  WHEN 'AVG' THEN round(sum(p."sum") ${when("AVG")} / nullif(sum(p."count") ${when("AVG")}, 0), 12)
  WHEN 'COUNT_UNIQUE' THEN count(DISTINCT p.digest) ${when("COUNT_UNIQUE")}
  WHEN 'LAST' THEN coalesce(${latest(when("LAST"))}, ${latest(Prisma.sql`FILTER (WHERE p.carried AND t.aggregation = 'LAST')`)})
  WHEN 'WEIGHTED_SUM' THEN coalesce(sum(p."sum") FILTER (WHERE p.carried), 0)
    + round(coalesce(sum(p.area) ${when("WEIGHTED_SUM")}, 0) / ${length}, 12)
END`;

/**
 * The SQL of what meters `t` measured by requests `r`: \`figure\`, \`eventCount\`, \`firstEventAt\`, \`lastEventAt\`, and with
 * \`grouped\` a row for each \`group\`.
 *
 * A request has the columns of \`RequestRow\`. Hours that lie in its span as a whole are read from the roll-ups, and what is
 * left at its ends from the events.
 */
export function measured(options: PieceOptions): Prisma.Sql {
  const { grouped } = options;
  return Prisma.sql`(
    SELECT ${figure} AS figure, CASE t.aggregation WHEN 'WEIGHTED_SUM' THEN coalesce(sum(p."sum"), 0) ELSE ${figure} END AS current,
           coalesce(sum(p."count") FILTER (WHERE NOT p.carried), 0)::bigint AS "eventCount",
           min(p.first_at) FILTER (WHERE NOT p.carried) AS "firstEventAt",
           max(p.last_at) FILTER (WHERE NOT p.carried) AS "lastEventAt"${grouped ? Prisma.sql`, p."group"` : Prisma.empty}
    FROM (${pieces(options)}) p${grouped ? Prisma.sql` GROUP BY p."group"` : Prisma.empty})`;
}
