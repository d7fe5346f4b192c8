import type { Context } from "../../../graph/context.ts";
import { requestError } from "../../../graph/errors.ts";
import { loadAll, loader } from "../../../graph/loaders.ts";
import type { Parent, UsageQuery, UsageRow } from "../figures/query.ts";
import { readUsage } from "../figures/read.ts";

/** The most spans of time that one statement reads, of all objects together. */
const mostSpans = 50_000;

/** What is read of objects that are all of one kind. */
export type UsageWanted = Omit<UsageQuery, "parents">;

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
    const rows = await readUsage(reads, viewer.environmentId, { ...query, parents });
    const byParent = Map.groupBy(rows, (row) => row.parent);
    return keys.map((_, place) => byParent.get(place) ?? []);
  };
  return { name: `usage:${JSON.stringify([Object.keys(one), query])}`, batch };
}
