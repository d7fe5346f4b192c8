import { type Executor, toldAsTexts } from "../../../db/executor.ts";
import type { UsageQuery, UsageRow } from "./query.ts";
import { statementOf } from "./statement.ts";

/**
 * What meters measured: a row for each parent, span and meter, by the names of the meters, and with `groupBy` a row for
 * each group that has something in the span. Of more groups than `mostGroups` those with the most events have rows of their own, and
 * the others one together. One statement, however many there are.
 */
export async function readUsage(
  executor: Executor,
  environmentId: string,
  query: UsageQuery,
): Promise<UsageRow[]> {
  if (!query.parents.length || !query.spans.length) return [];
  return executor.query<UsageRow>(toldAsTexts(statementOf(environmentId, query), written));
}

/** The parts that are only written into answers. */
const written = ["total", "current", "firstEventAt", "lastEventAt"];
