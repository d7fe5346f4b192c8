import { type Executor, toldAsTexts } from "../../../db/executor.ts";
import { aggregationsOf, allAggregations, learnAggregations } from "./aggregations.ts";
import { type Parent, TooMuchUsage, type UsageQuery, type UsageRow } from "./query.ts";
import { statementOf } from "./statement.ts";

/**
 * What meters measured: a row for each parent, span and meter, by the names of the meters, and with `groupBy` a row for
 * each group that has something in the span. Of more groups than `mostGroups` those with the most events have rows of their own, and
 * the others one together. One statement, however many there are. Throws `TooMuchUsage` for more rows than the query may give.
 */
export async function readUsage(
  executor: Executor,
  environmentId: string,
  query: UsageQuery,
): Promise<UsageRow[]> {
  if (!query.parents.length || !query.spans.length) return [];
  const aggregations = aggregationsOf(query.meterIds ?? meterIdsOf(query.parents));
  const statement = statementOf(environmentId, query, aggregations);
  const rows = await executor.query<UsageRow & { tooMany?: boolean }>(toldAsTexts(statement, written));
  if (rows.length > query.most || rows[0]?.tooMany) throw new TooMuchUsage();
  if (aggregations === allAggregations) learnAggregations(rows);
  return rows;
}

function meterIdsOf(parents: readonly Parent[]): string[] | undefined {
  const ids = parents.flatMap((parent) => ("meterId" in parent ? [parent.meterId] : []));
  return ids.length ? ids : undefined;
}

/** The parts that are only written into answers. */
const written = ["total", "current", "firstEventAt", "lastEventAt"];
