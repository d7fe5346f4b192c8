import type { Context } from "../../../graph/context.ts";
import { requestError } from "../../../graph/errors.ts";
import { loadAll, loader } from "../../../graph/loaders.ts";
import { type Parent, TooMuchUsage, type UsageQuery, type UsageRow, mostMeters } from "../figures/query.ts";
import { readUsage } from "../figures/read.ts";
import { mostGroups } from "../figures/statement.ts";

/** The most spans of time that one statement reads, of all objects together, and the most rows that it gives. */
const mostSpans = 50_000;
const mostRows = 50_000;

/** What is read of objects that are all of one kind. */
export type UsageWanted = Omit<UsageQuery, "parents" | "most">;

/** The usage of one object. */
export function loadUsage(
  context: Context,
  parent: Parent,
  wanted: UsageWanted,
): Promise<readonly UsageRow[]> {
  const { name, batch } = loading(context, parent, wanted);
  return loader(context, name, batch).load(keyOf(parent));
}

/** The same of many objects at once, in their order. */
export async function loadAllUsage(
  context: Context,
  parents: readonly Parent[],
  wanted: UsageWanted,
): Promise<(readonly UsageRow[])[]> {
  const [first] = parents;
  if (!first) return [];
  const { name, batch } = loading(context, first, wanted);
  return loadAll(context, name, parents.map(keyOf), batch);
}

const keyOf = (parent: Parent): string => JSON.stringify(parent);

/** Loads the rows of parents of the kind of `one`; in one statement with all others that are asked for in the same words. */
function loading({ reads, viewer }: Context, one: Parent, query: UsageWanted) {
  const batch = async (keys: readonly string[]): Promise<readonly (readonly UsageRow[])[]> => {
    if (keys.length * query.spans.length > mostSpans) {
      throw requestError(
        "INVALID_REQUEST",
        `${keys.length} objects with ${query.spans.length} windows each are more than ${mostSpans}: ask for fewer of either.`,
      );
    }
    const parents = keys.map((key) => JSON.parse(key) as Parent);
    const most = Math.min(mostRows, parents.length * rowsEach(one, query));
    const rows = await readUsage(reads, viewer.environmentId, { ...query, parents, most }).catch(narrow);
    const byParent = Map.groupBy(rows, (row) => row.parent);
    return keys.map((_, place) => byParent.get(place) ?? []);
  };
  return { name: `usage:${JSON.stringify([Object.keys(one), query])}`, batch };
}

/** How many rows a query can give for each object that it reads. */
function rowsEach(one: Parent, { meterIds, spans, groupBy }: UsageWanted): number {
  const meters = "meterId" in one ? 1 : (meterIds?.length ?? mostMeters);
  return meters * spans.length * (groupBy === undefined ? 1 : mostGroups + 1);
}

function narrow(error: unknown): never {
  if (!(error instanceof TooMuchUsage)) throw error;
  throw requestError(
    "INVALID_REQUEST",
    `This is more usage than one request can have: ${mostRows} rows, and ${mostMeters} meters that are not named. Name the meters by meterIds, ask for fewer objects, a shorter span or longer windows, or leave groupBy out.`,
  );
}
