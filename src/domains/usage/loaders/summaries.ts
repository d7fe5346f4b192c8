import { Prisma } from "../../../db/generated/prisma/client.ts";
import type { Context } from "../../../graph/context.ts";
import { loader } from "../../../graph/loaders.ts";
import { isId } from "../../../kit/ids.ts";
import type { Span } from "../period.ts";

/** The parts of a summary that must be asked for, because each costs something to read. */
const figures = ["total", "eventCount", "firstEventAt", "lastEventAt"] as const;

/** What a meter measured of one customer in a span of time. Figures that were not asked for are missing. */
export interface UsageSummary {
  readonly meterId: string;
  readonly period: Span;
  readonly total: Prisma.Decimal | null;
  readonly eventCount: bigint;
  readonly firstEventAt: Date | null;
  readonly lastEventAt: Date | null;
}

interface SummaryRequest {
  readonly period: Span;
  /** Which meters; all of the environment when missing. Ids of no meter are passed over. */
  readonly meterIds?: readonly string[] | null | undefined;
  /** The names of the fields that are asked for. */
  readonly wanted: ReadonlySet<string>;
}

/** The summaries of a customer, one a meter, by the name of the meter. One statement for all customers of a level. */
export function loadUsage(
  context: Context,
  customerId: string,
  request: SummaryRequest,
): Promise<UsageSummary[]> {
  const { period } = request;
  const wanted = figures.filter((figure) => request.wanted.has(figure));
  const meterIds = request.meterIds?.filter(isId);
  const name = `usage:${JSON.stringify([period, meterIds, wanted])}`;
  return loader(context, name, async (customerIds) => {
    const { environmentId } = context.viewer;
    const rows = await context.reads.query<UsageSummary & { customerId: string }>(
      summaryStatement(environmentId, customerIds, period, meterIds, new Set(wanted)),
    );
    const byCustomer = Map.groupBy(rows, (row) => row.customerId);
    return customerIds.map((id) => (byCustomer.get(id) ?? []).map((row) => Object.assign(row, { period })));
  }).load(customerId);
}

/** One pass over the events of each customer and meter, on an index that covers all but COUNT_UNIQUE and LAST. */
function summaryStatement(
  environmentId: string,
  customerIds: readonly string[],
  { start, end }: Span,
  meterIds: readonly string[] | undefined,
  wanted: ReadonlySet<(typeof figures)[number]>,
): Prisma.Sql {
  const events = Prisma.sql`FROM usage_events e WHERE e.environment_id = ${environmentId}::uuid
    AND e.customer_id = customer.id AND e.meter_id = t.id AND e.timestamp >= ${start} AND e.timestamp < ${end}`;
  const columns = {
    total: Prisma.sql`CASE t.aggregation
      WHEN 'COUNT' THEN measured.count
      WHEN 'SUM' THEN coalesce(measured.sum, 0)
      WHEN 'MAX' THEN measured.max
      WHEN 'COUNT_UNIQUE' THEN (SELECT count(DISTINCT e.properties ->> t.unique_key) ${events})
      WHEN 'LAST' THEN (SELECT e.quantity ${events} ORDER BY e.timestamp DESC, e.id DESC LIMIT 1)
    END`,
    eventCount: Prisma.sql`measured.count`,
    firstEventAt: Prisma.sql`(SELECT min(e.timestamp) ${events})`,
    lastEventAt: Prisma.sql`(SELECT max(e.timestamp) ${events})`,
  };
  const selected = [...wanted].map(
    (figure) => Prisma.sql`, ${columns[figure]} AS ${Prisma.raw(`"${figure}"`)}`,
  );
  // Without the count, meters whose total comes from elsewhere need no pass.
  const passed = wanted.has("eventCount")
    ? Prisma.empty
    : Prisma.sql`AND t.aggregation IN ('COUNT', 'SUM', 'MAX')`;
  const chosen = meterIds ? Prisma.sql`AND t.id = ANY(${meterIds}::uuid[])` : Prisma.empty;
  return Prisma.sql`SELECT customer.id AS "customerId", t.id AS "meterId" ${selected.length ? Prisma.join(selected, "") : Prisma.empty}
    FROM unnest(${customerIds}::uuid[]) AS customer(id) CROSS JOIN meters t
    CROSS JOIN LATERAL (
      SELECT count(*), sum(e.quantity) FILTER (WHERE t.aggregation = 'SUM'),
             max(e.quantity) FILTER (WHERE t.aggregation = 'MAX')
      ${events} ${passed}
    ) measured
    WHERE t.environment_id = ${environmentId}::uuid ${chosen}
    ORDER BY lower(t.name) COLLATE "C", t.id`;
}
