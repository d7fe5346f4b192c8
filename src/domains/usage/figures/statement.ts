import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import { noSubscription } from "../roll-ups/columns.ts";
import { measured } from "./measured.ts";
import type { PieceOptions } from "./pieces.ts";
import type { FigurePart, Parent, UsageQuery } from "./query.ts";
import { hasRest, partsOf } from "./spans.ts";

/** The most groups of a meter, in all spans, that are told apart. */
export const mostGroups = 100;

/** The most groups of all windows, meters and objects that are looked through for those with the most events. */
const mostGrouped = 200_000;

/** The SQL of the rows that `readUsage` gives of meters that have one of the aggregations. */
export function statementOf(
  environmentId: string,
  query: UsageQuery,
  aggregations: readonly MeterAggregation[],
): Prisma.Sql {
  const { meterIds, conditions, groupBy, parts } = query;
  const byMeter = query.parents.some((parent) => "meterId" in parent);
  const grouped = groupBy !== undefined;
  const wholeHours = !conditions?.length && !grouped;
  const spans = query.spans.map(({ start, end }, span) => ({ span, ...partsOf(start, end, wholeHours) }));
  const asked = Prisma.sql`(
    SELECT p.*, s.*, ${conditions?.length ? toJson(conditions) : null}::jsonb AS conditions, NULL::jsonb AS "except",
           ${groupBy ?? null}::text AS "groupBy"
    FROM ${parentsOf(query.parents)} p
    CROSS JOIN jsonb_to_recordset(${toJson(spans)}::jsonb)
      AS s(span int, "from" timestamptz, "to" timestamptz, lo timestamptz, hi timestamptz, base timestamptz))`;
  const chosen = meterIds ? ofMeters(meterIds) : Prisma.empty;
  const named = byMeter ? Prisma.sql`AND t.id = r."meterId"` : Prisma.empty;
  const meters = Prisma.sql`JOIN meters t ON t.environment_id = ${environmentId}::uuid ${named} ${chosen}`;
  const options: PieceOptions = {
    aggregations,
    environmentId,
    scope: byMeter ? "METER" : "CUSTOMER",
    rolledUp: wholeHours,
    raw: spans.some(hasRest),
    conditional: Boolean(conditions?.length),
    grouped,
  };
  const limit = Prisma.sql`LIMIT ${query.most + 1}::int`;
  if (grouped) return groupedStatement({ asked, meters, options, parts, limit });
  return Prisma.sql`
    SELECT ${keys}, NULL AS "group", 0 AS "otherGroups"${chosenOf(parts)}
    FROM ${asked} r ${meters} LEFT JOIN LATERAL ${measured(options)} m ON true
    ORDER BY ${order}, r.span ${limit}`;
}

/** One meter is not looked for as a list of one: of a list that it does not know, PostgreSQL expects ten. */
function ofMeters(meterIds: readonly string[]): Prisma.Sql {
  const [id] = meterIds;
  return id !== undefined && meterIds.length === 1
    ? Prisma.sql`AND t.id = ${id}::uuid`
    : Prisma.sql`AND t.id = ANY(${meterIds}::uuid[])`;
}

const keys = Prisma.sql`r.parent::int AS parent, r.span, t.id AS "meterId", t.aggregation::text AS aggregation`;
const order = Prisma.sql`r.parent, lower(t.name) COLLATE "C", t.id`;

interface Pieces {
  readonly asked: Prisma.Sql;
  readonly meters: Prisma.Sql;
  readonly options: PieceOptions;
  readonly parts: readonly FigurePart[];
  readonly limit: Prisma.Sql;
}

/** Events are read again for what other groups come to together, and only where there are any: figures of groups need not add up. */
function groupedStatement({ asked, meters, options, parts, limit }: Pieces): Prisma.Sql {
  const among = Prisma.sql`PARTITION BY parent, "meterId"`;
  return Prisma.sql`
    WITH asked AS MATERIALIZED ${asked}, grouped AS MATERIALIZED (
      SELECT ${keys}, m."group", m."eventCount" AS events${chosenOf(parts)}
      FROM asked r ${meters} JOIN LATERAL ${measured(options)} m ON true LIMIT ${mostGrouped + 1}::int
    ), placed AS MATERIALIZED (
      SELECT g.*, dense_rank() OVER (${among} ORDER BY g."ofGroup" DESC, g."group" COLLATE "C") AS place
      FROM (SELECT *, sum(events) OVER (${among}, "group") AS "ofGroup" FROM grouped) g
    ), others AS (
      SELECT parent, "meterId", max(place)::int - ${mostGroups}::int AS "otherGroups",
             array_agg(DISTINCT "group") FILTER (WHERE place <= ${mostGroups}::int AND "group" IS NOT NULL) AS named,
             bool_or(place <= ${mostGroups}::int AND "group" IS NULL) AS "noneNamed"
      FROM placed GROUP BY 1, 2 HAVING max(place) > ${mostGroups}::int
    ), used AS (
      SELECT parent, span, "meterId", aggregation, "group", 0 AS "otherGroups"${Prisma.raw(parts.map((part) => `, "${part}"`).join(""))}
      FROM placed WHERE place <= ${mostGroups}::int
      UNION ALL
      SELECT ${keys}, NULL, r."otherGroups"${chosenOf(parts)}
      FROM (SELECT a.*, o."meterId" AS other, o."otherGroups", o.named, o."noneNamed" FROM others o JOIN asked a ON a.parent = o.parent) r
      ${meters} AND t.id = r.other
      JOIN LATERAL ${measured({ ...options, grouped: false, others: true })} m ON true
    )
    SELECT r.*, (SELECT count(*) > ${mostGrouped}::int FROM grouped) AS "tooMany" FROM used r JOIN meters t ON t.environment_id = ${options.environmentId}::uuid AND t.id = r."meterId"
    ORDER BY ${order}, r."otherGroups", r."group" COLLATE "C" NULLS FIRST, r.span ${limit}`;
}

/** Parents with the places that they have, as a subquery: arrays are read faster than JSON. */
function parentsOf(parents: readonly Parent[]): Prisma.Sql {
  const own = (field: string) => parents.map((parent) => (parent as Record<string, string | null>)[field]);
  const [first = { meterId: "" }] = parents;
  if ("meterId" in first) {
    return Prisma.sql`(SELECT p.place - 1 AS parent, p.id AS "meterId", NULL::uuid[] AS "subscriptionIds"
      FROM unnest(${own("meterId")}::uuid[]) WITH ORDINALITY AS p(id, place))`;
  }
  if (!("subscriptionId" in first)) {
    return Prisma.sql`(SELECT p.place - 1 AS parent, p.id AS "customerId", NULL::uuid[] AS "subscriptionIds"
      FROM unnest(${own("customerId")}::uuid[]) WITH ORDINALITY AS p(id, place))`;
  }
  const subscriptionIds = own("subscriptionId").map((id) => id ?? noSubscription);
  return Prisma.sql`(SELECT p.place - 1 AS parent, p.id AS "customerId", ARRAY[p.subscription_id] AS "subscriptionIds"
    FROM unnest(${own("customerId")}::uuid[], ${subscriptionIds}::uuid[])
      WITH ORDINALITY AS p(id, subscription_id, place))`;
}

const columns: Readonly<Record<FigurePart, Prisma.Sql>> = {
  total: Prisma.sql`, m.figure AS total`,
  current: Prisma.sql`, m.current`,
  eventCount: Prisma.sql`, m."eventCount"`,
  firstEventAt: Prisma.sql`, m."firstEventAt"`,
  lastEventAt: Prisma.sql`, m."lastEventAt"`,
};

function chosenOf(parts: readonly FigurePart[]): Prisma.Sql {
  return Prisma.join([Prisma.empty, ...parts.map((part) => columns[part])], "");
}
