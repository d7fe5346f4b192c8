import type { InputRef, ObjectRef } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import type { ModelName, Row } from "../db/datamodel.ts";
import {
  type Page,
  type PageRequest,
  type ParentField,
  count,
  countPerParent,
  positionOf,
  readPage,
  readPagesPerParent,
} from "../db/reads.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { encodeCursor } from "./cursors.ts";
import { crossing, scopeOf } from "./entities.ts";
import { loader } from "./loaders.ts";
import { words } from "./names.ts";
import { defineOrderBy } from "./order-inputs.ts";
import { type List, type ListArguments, type OrderBy, pageRequest, selection } from "./pages.ts";

/** What a connection is made of, before any of its fields is asked for. */
interface Connection<M extends ModelName> {
  readonly page: Page<M>;
  readonly request: PageRequest<M>;
  /** Counts all rows of the list, not those of the page; batched over the parents. */
  readonly count: () => Promise<number>;
}

interface Edge<M extends ModelName> {
  readonly row: Row<M>;
  readonly request: PageRequest<M>;
}

/** A list that fields of the graph can give: see `listQuery` and `listUnder`. */
export interface GraphList<M extends ModelName, F extends object> {
  readonly list: List<M, F>;
  readonly type: ObjectRef<GraphTypes, Connection<M>>;
  readonly filter: InputRef<F>;
  /** Missing for a list that has one order only, which callers cannot choose. */
  readonly orderBy: InputRef<OrderBy> | null;
}

const PageInfo = builder.objectRef<Connection<ModelName>>("PageInfo").implement({
  description: "Where a page lies in its list.",
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.boolean({
      description: "Whether rows follow this page.",
      resolve: ({ page, request }) => (request.backward ? request.before !== undefined : page.more),
    }),
    hasPreviousPage: t.boolean({
      description: "Whether rows come before this page.",
      resolve: ({ page, request }) => (request.backward ? page.more : request.after !== undefined),
    }),
    startCursor: t.string({
      nullable: true,
      description: "The cursor of the first row; null on an empty page.",
      resolve: ({ page, request }) => cursorOf(request, page.rows[0]),
    }),
    endCursor: t.string({
      nullable: true,
      description: "The cursor of the last row; null on an empty page.",
      resolve: ({ page, request }) => cursorOf(request, page.rows.at(-1)),
    }),
  }),
});

function cursorOf<M extends ModelName>(request: PageRequest<M>, row: Row<M> | undefined): string | null {
  return row === undefined ? null : encodeCursor(request.order.name, positionOf(request.order, row));
}

/**
 * Declares the connection of a list: its types `<Model>Connection` and `<Model>Edge` and, when `orders` describes every
 * order of the list, `<Model>OrderBy` and `<Model>OrderField`. Without `orders`, the first order is the only one.
 */
export function defineList<M extends ModelName, F extends object>(
  list: List<M, F>,
  node: ObjectRef<GraphTypes, Row<M>>,
  filter: InputRef<F>,
  orders?: Readonly<Record<string, string>>,
): GraphList<M, F> {
  const { model } = list;
  const edge = builder.objectRef<Edge<M>>(`${model}Edge`).implement({
    description: `A ${words(model)} on a page, with its cursor.`,
    fields: (t) => ({
      cursor: t.string({
        description: "Give it as `after` or `before` to go on from here.",
        resolve: ({ row, request }) => cursorOf(request, row) ?? "",
      }),
      node: t.field({ type: node, description: `The ${words(model)}.`, resolve: ({ row }) => row as never }),
    }),
  });
  const type = builder.objectRef<Connection<M>>(`${model}Connection`).implement({
    description: `A page of a list of ${words(model)}s.`,
    fields: (t) => ({
      nodes: t.field({
        type: [node],
        description: "The rows of the page.",
        resolve: ({ page }) => page.rows,
      }),
      edges: t.field({
        type: [edge],
        description: "The rows of the page with their cursors.",
        resolve: ({ page, request }) => page.rows.map((row) => ({ row, request })),
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: "Where the page lies in the list.",
        resolve: (connection) => connection as unknown as Connection<ModelName>,
      }),
      totalCount: t.int({
        description: "How many rows the whole list has under this filter. Counted only when asked for.",
        resolve: (connection) => connection.count(),
      }),
    }),
  });
  const orderBy = orders ? defineOrderBy(list, orders) : null;
  return { list, type, filter, orderBy } as unknown as GraphList<M, F>;
}

/** The same list with another of its orders as the default. */
export function startingWith<M extends ModelName, F extends object>(
  graphList: GraphList<M, F>,
  name: string,
): GraphList<M, F> {
  const { list } = graphList;
  const order = list.orders[name];
  if (!order) throw new Error(`${list.model} has no order ${name}`);
  return { ...graphList, list: { ...list, orders: { [name]: order, ...list.orders } } };
}

/** Adds a query that gives all the tenant's rows of the list. */
export function listQuery<M extends ModelName, F extends object>(
  name: string,
  { list, type, ...inputs }: GraphList<M, F>,
  description: string,
): void {
  builder.queryField(name, (t) =>
    t.field({
      type,
      nullable: true,
      description,
      authScopes: { scope: scopeOf(list.model) },
      args: listArguments(inputs, list),
      resolve: async (_root, args, context, info) => {
        const request = pageRequest(list, args as ListArguments<F>, info);
        const { reads, viewer } = context;
        return {
          page: asksForRows(info) ? await readPage(reads, viewer.environmentId, list.model, request) : noRows,
          request,
          count: () => count(reads, viewer.environmentId, list.model, request.where),
        };
      },
    }),
  );
}

/** Where a list hangs in the graph. */
export interface ListUnder<P extends ModelName, M extends ModelName> {
  /** The model that gets the field. */
  readonly parent: P;
  /** The name of the field. */
  readonly name: string;
  /** The field of the list's model that holds the parent's id. */
  readonly by: ParentField<M>;
  readonly description: string;
  /** Whether the field can be null because its rows ask for another scope than the parent. True unless said. */
  readonly nullable?: boolean;
  /** What the rows take over from their parent's row. */
  readonly inherit?: (parent: Row<P>) => object;
}

/** Adds a field to another model that gives the rows of the list which belong to it; batched over the parents. */
export function listUnder<P extends ModelName, M extends ModelName, F extends object>(
  graphList: GraphList<M, F>,
  { parent, name, by, description, nullable = true, inherit }: ListUnder<P, M>,
): void {
  const { list, type, ...inputs } = graphList;
  const options = {
    type,
    nullable,
    description,
    args: listArguments(inputs, list),
    resolve: async (
      row: Row<P> & { id: string },
      args: object,
      context: Context,
      info: GraphQLResolveInfo,
    ) => {
      const connection = await loadUnder(list, by, row.id, args as ListArguments<F>, context, info);
      const facts = inherit?.(row);
      if (facts) for (const child of connection.page.rows) Object.assign(child, facts);
      return connection;
    },
  };
  builder.prismaObjectField(
    parent,
    name as never,
    (t) => t.field({ ...options, ...crossing(parent, list.model) } as never) as never,
  );
}

async function loadUnder<M extends ModelName, F extends object>(
  list: List<M, F>,
  by: ParentField<M>,
  parentId: string,
  args: ListArguments<F>,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<M>> {
  const request = pageRequest(list, args, info);
  const { reads, viewer } = context;
  const filter = `${list.model}.${by}:${JSON.stringify(args.filter ?? {})}`;
  const pages = loader(context, `page:${request.lookAhead}${JSON.stringify(args)}${filter}`, (ids) =>
    readPagesPerParent(reads, viewer.environmentId, list.model, by, ids, request),
  );
  const counts = (): Promise<number> =>
    loader(context, `count:${filter}`, (ids) =>
      countPerParent(reads, viewer.environmentId, list.model, by, ids, request.where),
    ).load(parentId);
  return { page: asksForRows(info) ? await pages.load(parentId) : noRows, request, count: counts };
}

const noRows = { rows: [], more: false };

/** Whether a connection is asked for more than its count. */
function asksForRows(info: GraphQLResolveInfo): boolean {
  const names = selection(info);
  return names.has("nodes") || names.has("edges") || names.has("pageInfo");
}

function listArguments<M extends ModelName, F extends object>(
  { filter, orderBy }: Pick<GraphList<M, F>, "filter" | "orderBy">,
  { orders }: List<M, F>,
) {
  const [[byDefault, order] = ["", null]] = Object.entries(orders);
  return builder.args((t) => ({
    first: t.int({ description: "How many rows from the start: 1 to 100, 25 unless said." }),
    after: t.string({ description: "Start behind this cursor." }),
    last: t.int({ description: "How many rows from the end: 1 to 100. Not together with first." }),
    before: t.string({ description: "End before this cursor." }),
    filter: t.field({ type: filter, description: "Which rows; all that are given must hold." }),
    ...(orderBy && {
      orderBy: t.field({
        type: orderBy,
        description: `The order. Unless said: ${byDefault} ${order?.ascending ? "ASC" : "DESC"}.`,
      }),
    }),
  }));
}
