import type { InputRef, ObjectRef } from "@pothos/core";
import type { GraphQLResolveInfo } from "graphql";
import type { ModelName, Row } from "../db/datamodel.ts";
import type { Prisma } from "../db/generated/prisma/client.ts";
import { type PageRequest, type ParentField, positionOf } from "../db/reads.ts";
import { isWritten } from "../db/wire/form.ts";
import { type GraphTypes, builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { reads } from "./columns.ts";
import { requestError } from "./errors.ts";
import { encodeCursor } from "./cursors.ts";
import { crossing, scopeOf } from "./entities.ts";
import { byLevel } from "./levels.ts";
import { type Connection, loadAllUnder, loadList, loadUnder } from "./load-connection.ts";
import { words } from "./names.ts";
import { defineOrderBy } from "./order-inputs.ts";
import { type List, type ListArguments, type OrderBy } from "./pages.ts";
import { weighs } from "./sizes.ts";

/** How far `countUpTo` counts at the most. */
const mostCounted = 1_000;

interface Edge<M extends ModelName> {
  readonly row: Row<M>;
  readonly request: PageRequest<M>;
}

/** Counts for the connections of a level that lie under parents. */
const countsByLevel = byLevel<Connection<ModelName>, object>(
  () => undefined,
  (connections) => {
    const [first] = connections;
    const { countAll } = first ?? {};
    if (!countAll || connections.some((one) => one.countAll !== countAll)) return null;
    return countAll(connections.map(({ parentId = "" }) => parentId));
  },
);

/** A list that fields of the graph can give: see `listQuery` and `listUnder`. */
export interface GraphList<M extends ModelName, F extends object> {
  readonly list: List<M, F>;
  readonly type: ObjectRef<GraphTypes, Connection<M>>;
  readonly filter: InputRef<F>;
  readonly orderBy: InputRef<OrderBy>;
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
 * Declares the connection of a list: its types `<Model>Connection` and `<Model>Edge` and, by `orders`, which describes every order of the
 * list, `<Model>OrderBy` and `<Model>OrderField`.
 */
export function defineList<M extends ModelName, F extends object>(
  list: List<M, F>,
  node: ObjectRef<GraphTypes, Row<M>>,
  filter: InputRef<F>,
  orders: Readonly<Record<string, string>>,
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
        description:
          "How many rows the whole list has under this filter. Every one of them is counted: where it is enough to know that there are many, ask for `countUpTo`.",
        extensions: { ...weighs(25).extensions, ...countsByLevel },
        resolve: (connection) => connection.count(),
      }),
      countUpTo: t.int({
        description:
          "How many rows the list has under this filter, or `limit` where it has as many or more: no further are counted, however long the list is.",
        args: {
          limit: t.arg.int({
            defaultValue: 100,
            required: true,
            description: `How far to count: 1 to ${mostCounted}.`,
          }),
        },
        ...weighs(5),
        resolve: (connection, { limit }) => {
          if (limit >= 1 && limit <= mostCounted) return connection.count(limit);
          throw requestError(
            "INVALID_REQUEST",
            `countUpTo: limit must be between 1 and ${mostCounted}, not ${limit}.`,
          );
        },
      }),
    }),
  });
  const orderBy = defineOrderBy(list, orders);
  return { list, type, filter, orderBy } as unknown as GraphList<M, F>;
}

/**
 * The same list by one of its orders only, for parents under which it is long: what it could be sorted by besides has no index there.
 * `kind` names the input type by which its direction is chosen.
 */
export function onlyBy<M extends ModelName, F extends object>(
  graphList: GraphList<M, F>,
  name: string,
  { kind, description }: { readonly kind: string; readonly description: string },
): GraphList<M, F> {
  const order = graphList.list.orders[name];
  if (!order) throw new Error(`${graphList.list.model} has no order ${name}`);
  const list = { ...graphList.list, orders: { [name]: order } };
  return { ...graphList, list, orderBy: defineOrderBy(list, { [name]: description }, kind) };
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
      resolve: (_root, args, context, info) => loadList(list, args as ListArguments<F>, context, info),
    }),
  );
}

/** What a field gives that lists the rows which meet the conditions of a value that is no row. Each value has a statement of its own. */
export function listOf<V, M extends ModelName, F extends object>(
  { list, type, ...inputs }: GraphList<M, F>,
  conditions: (value: V) => readonly Prisma.Sql[],
) {
  return {
    type,
    args: listArguments(inputs, list),
    resolve: (value: V, args: object, context: Context, info: GraphQLResolveInfo) => {
      const always = [...(list.always ?? []), ...conditions(value)];
      return loadList({ ...list, always }, args as ListArguments<F>, context, info);
    },
  };
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
  /** The fields that rows take over from their parent's row, by the same names. */
  readonly inherit?: readonly (keyof Row<P> & string)[];
}

/** Adds a field to another model that gives the rows of the list which belong to it; batched over the parents. */
export function listUnder<P extends ModelName, M extends ModelName, F extends object>(
  graphList: GraphList<M, F>,
  { parent, name, by, description, nullable = true, inherit = [] }: ListUnder<P, M>,
): void {
  const { list, type, ...inputs } = graphList;
  const under = { list, by, inherit };
  const options = {
    type,
    nullable,
    description,
    args: listArguments(inputs, list),
    resolve: (row: Row<P> & { id: string }, args: object, context: Context, info: GraphQLResolveInfo) => {
      const connection = loadUnder(under, row, args as ListArguments<F>, context, info);
      if (!inherit.length) return connection;
      return connection.then((loaded) => {
        handDown(row, loaded);
        return loaded;
      });
    },
  };
  const handDown = (row: Row<P>, { page, request }: Connection<M>): void => {
    // Rows that are written as a whole have what they inherit already.
    const { form } = request;
    if (form && !form.kept.length && isWritten(page.rows[0], form.parts)) return;
    for (const column of inherit) {
      const fact = (row as Record<string, unknown>)[column];
      for (const child of page.rows) (child as Record<string, unknown>)[column] = fact;
    }
  };
  const scope = () => crossing(parent, list.model).authScopes?.scope;
  const level = byLevel<Row<P> & { id: string }, ListArguments<F>>(
    scope,
    async (rows, args, context, info) => {
      const connections = await loadAllUnder(under, rows, args, context, info);
      if (inherit.length) for (const [index, row] of rows.entries()) handDown(row, connections[index]!);
      return connections;
    },
  );
  const extensions = { ...reads("id", ...inherit).extensions, ...level };
  builder.prismaObjectField(
    parent,
    name as never,
    (t) => t.field({ ...options, extensions, ...crossing(parent, list.model) } as never) as never,
  );
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
    orderBy: t.field({
      type: orderBy,
      description: `The order. Unless said: ${byDefault} ${order?.ascending ? "ASC" : "DESC"}.`,
    }),
  }));
}
