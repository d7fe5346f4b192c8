import type { GraphQLResolveInfo } from "graphql";
import { count, countPerParent, countPerParentUpTo, countUpTo } from "../db/counts.ts";
import type { ModelName } from "../db/datamodel.ts";
import { type Page, type PageRequest, type ParentField, readPage, readPagesPerParent } from "../db/reads.ts";
import type { Context, Identified } from "./context.ts";
import { loadAll, loader } from "./loaders.ts";
import { type List, type ListArguments, pageRequest, selection } from "./pages.ts";

/** What a connection is made of, before any of its fields is asked for. */
export interface Connection<M extends ModelName> {
  readonly page: Page<M>;
  readonly request: PageRequest<M>;
  /** Counts the rows of the list, not those of the page, and no further than `limit`; batched over the parents. */
  readonly count: (limit?: number) => Promise<number>;
  /** The parent, and what counts for many of them: connections that have the same are of the same list. */
  readonly parentId?: string;
  readonly countAll?: (parentIds: readonly string[]) => Promise<readonly number[]>;
}

/** The connection of all the tenant's rows of a list. */
export async function loadList<M extends ModelName, F extends object>(
  list: List<M, F>,
  args: ListArguments<F>,
  { reads, viewer: { environmentId } }: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<M>> {
  const { model } = list;
  const request = pageRequest(list, args, info);
  const { where } = request;
  return {
    page: asksForRows(info) ? await readPage(reads, environmentId, model, request) : noRows,
    request,
    count: (limit) =>
      limit === undefined
        ? count(reads, environmentId, model, where)
        : countUpTo(reads, environmentId, model, where, limit),
  };
}

/** A list as it hangs under a parent. */
export interface Under<M extends ModelName, F extends object> {
  readonly list: List<M, F>;
  /** The field of the list's model that holds the parent's id. */
  readonly by: ParentField<M>;
  /** The fields that rows take over from their parent's row, by the same names. */
  readonly inherit: readonly string[];
}

/** Loads the connections under parents: of one, and of all that a level has. */
interface LoadUnder<M extends ModelName> {
  readonly one: (parent: Identified) => Promise<Connection<M>>;
  readonly all: (parents: readonly Identified[]) => Promise<readonly Connection<M>[]>;
}

/** The connection of the rows of a list that belong to a parent; batched over the parents. */
export function loadUnder<M extends ModelName, F extends object>(
  under: Under<M, F>,
  parent: Identified,
  args: ListArguments<F>,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<M>> {
  return loaderUnder(under, args, context, info).one(parent);
}

/** The same for many parents at once, in their order. */
export function loadAllUnder<M extends ModelName, F extends object>(
  under: Under<M, F>,
  parents: readonly Identified[],
  args: ListArguments<F>,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly Connection<M>[]> {
  return loaderUnder(under, args, context, info).all(parents);
}

/** All objects of a level ask with the same arguments. */
function loaderUnder<M extends ModelName, F extends object>(
  under: Under<M, F>,
  args: ListArguments<F>,
  context: Context,
  info: GraphQLResolveInfo,
): LoadUnder<M> {
  let load = context.prepared.get(args) as LoadUnder<M> | undefined;
  if (!load) {
    load = prepareUnder(under, args, context, info);
    context.prepared.set(args, load);
  }
  return load;
}

function prepareUnder<M extends ModelName, F extends object>(
  { list, by, inherit }: Under<M, F>,
  args: ListArguments<F>,
  context: Context,
  info: GraphQLResolveInfo,
): LoadUnder<M> {
  const { model } = list;
  const request = pageRequest(list, args, info, inherit);
  const { where } = request;
  const { environmentId } = context.viewer;
  const filter = `${model}.${by}:${JSON.stringify(args.filter ?? {})}`;
  const counts = (limit: number | undefined) => (ids: readonly string[]) =>
    limit === undefined
      ? countPerParent(context.reads, environmentId, model, by, ids, where)
      : countPerParentUpTo(context.reads, environmentId, model, by, ids, where, limit);
  const countAll = (ids: readonly string[]) =>
    loadAll(context, `count:undefined${filter}`, ids, counts(undefined));
  const connection = (page: Page<M>, parentId: string): Connection<M> => ({
    page,
    request,
    count: (limit) => loader(context, `count:${limit}${filter}`, counts(limit)).load(parentId),
    parentId,
    countAll,
  });
  if (!asksForRows(info)) {
    const all = (parents: readonly Identified[]) => parents.map(({ id }) => connection(noRows, id));
    return {
      one: ({ id }) => Promise.resolve(connection(noRows, id)),
      all: (parents) => Promise.resolve(all(parents)),
    };
  }
  const { lookAhead, cursors, fields, texts, form } = request;
  const name = `page:${lookAhead}${cursors}${fields?.join()}:${texts.join()}:${form?.name}${JSON.stringify(args)}${filter}`;
  const rows = parentsOf(context, name);
  const batch = async (ids: readonly string[]) => {
    const inherited = inherit.length
      ? ids.map((id) => rows.get(id) as Record<string, unknown> | undefined)
      : [];
    const pages = await readPagesPerParent(context.reads, environmentId, model, by, ids, request, inherited);
    return pages.map((page, index) => connection(page, ids[index] ?? ""));
  };
  const remember = (parent: Identified) => inherit.length && rows.set(parent.id, parent);
  return {
    one: (parent) => {
      remember(parent);
      return loader(context, name, batch).load(parent.id);
    },
    all: (parents) => {
      parents.forEach(remember);
      const ids = parents.map(({ id }) => id);
      return loadAll(context, name, ids, batch);
    },
  };
}

/** The parents whose rows inherit something, by their ids: all that ask by the same name share them, as they share batches. */
function parentsOf({ parents }: Context, name: string): Map<string, Identified> {
  let rows = parents.get(name);
  if (!rows) parents.set(name, (rows = new Map()));
  return rows;
}

const noRows = { rows: [], more: false };

/** Whether a connection is asked for more than its count. */
function asksForRows(info: GraphQLResolveInfo): boolean {
  const names = selection(info);
  return names.has("nodes") || names.has("edges") || names.has("pageInfo");
}
