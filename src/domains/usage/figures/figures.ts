import type { Executor } from "../../../db/executor.ts";
import type { MeterAggregation } from "../../../db/generated/prisma/enums.ts";
import { Prisma } from "../../../db/generated/prisma/client.ts";
import { toJson } from "../../../db/json.ts";
import { type Decimal, decimal } from "../../../kit/decimal.ts";
import { noSubscription } from "../roll-ups/columns.ts";
import { aggregationsOf, allAggregations, learnAggregations } from "./aggregations.ts";
import type { Condition } from "./conditions.ts";
import { measured } from "./measured.ts";
import { hasRest, partsOf } from "./spans.ts";

/** What a figure is wanted of: what one meter measured of a customer from one instant up to, and without, another. */
export interface FigureRequest {
  readonly meterId: string;
  readonly customerId: string;
  /** Only events that were sent for one of these subscriptions; null among them is for those that were sent for none. All when missing. */
  readonly subscriptionIds?: readonly (string | null)[] | undefined;
  readonly from: Date;
  readonly to: Date;
  /** Only events that meet all of these. */
  readonly conditions?: readonly Condition[] | undefined;
  /** No events that meet all conditions of one of these: those that another figure counts. */
  readonly except?: readonly (readonly Condition[])[] | undefined;
}

export interface UsageFigure {
  /** By the meter's aggregation. Without events it is 0 for COUNT, COUNT_UNIQUE and SUM, and null for all others. */
  readonly figure: Decimal | null;
  /** How many events it is made of. Voided ones are none. */
  readonly eventCount: bigint;
}

/** What meters measured, a figure for each request, in their order. One statement, however many there are. */
export async function usageFigures(
  executor: Executor,
  environmentId: string,
  requests: readonly FigureRequest[],
): Promise<UsageFigure[]> {
  if (!requests.length) return [];
  const aggregations = aggregationsOf(requests.map(({ meterId }) => meterId));
  const rows = await executor.query<FigureRow>(statement(environmentId, requests, aggregations));
  if (aggregations === allAggregations) learnAggregations(rows);
  return rows.map(({ figure, eventCount }) => ({ figure: figure && decimal(figure), eventCount }));
}

interface FigureRow {
  readonly meterId: string;
  /** Null for no meter. */
  readonly aggregation: MeterAggregation | null;
  readonly figure: Prisma.Decimal | null;
  readonly eventCount: bigint;
}

function statement(
  environmentId: string,
  requests: readonly FigureRequest[],
  aggregations: readonly MeterAggregation[],
): Prisma.Sql {
  const records = requests.map((request, place) => {
    const wholeHours = !isConditional(request);
    const subscriptionIds = request.subscriptionIds?.map((id) => id ?? noSubscription);
    return { ...request, ...partsOf(request.from, request.to, wholeHours), subscriptionIds, place };
  });
  const figures = measured({
    aggregations,
    environmentId,
    scope: "CUSTOMER",
    rolledUp: records.some(({ base }) => base !== "-infinity"),
    raw: records.some(hasRest),
    conditional: records.some(isConditional),
    grouped: false,
  });
  return Prisma.sql`
    SELECT r."meterId", t.aggregation, m.figure, coalesce(m."eventCount", 0) AS "eventCount"
    FROM jsonb_to_recordset(${toJson(records)}::jsonb) AS r(
      place int, "meterId" uuid, "customerId" uuid, "subscriptionIds" uuid[], "from" timestamptz, "to" timestamptz,
      lo timestamptz, hi timestamptz, base timestamptz, conditions jsonb, "except" jsonb)
    LEFT JOIN meters t ON t.environment_id = ${environmentId}::uuid AND t.id = r."meterId"
    LEFT JOIN LATERAL ${figures} m ON t.id IS NOT NULL
    ORDER BY r.place`;
}

function isConditional({ conditions, except }: FigureRequest): boolean {
  return Boolean(conditions?.length || except?.length);
}
