import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";
import type { ModelName } from "../db/datamodel.ts";
import type { Prisma } from "../db/generated/prisma/client.ts";
import type { Order, PageRequest, Position } from "../db/reads.ts";
import { columnsBelow } from "./columns.ts";
import { decodeCursor } from "./cursors.ts";
import { requestError } from "./errors.ts";
import { formBelow } from "./row-forms.ts";

/** A list of rows that the graph offers: how it can be sorted and filtered. */
export interface List<M extends ModelName, F extends object> {
  readonly model: M;
  /** The orders by the name of their enum value; the first is the default. */
  readonly orders: Readonly<Record<string, Order<M>>>;
  /** The conditions of a filter, over a table called `t`; those of an empty one hold for every list. */
  readonly where: (filter: F) => Prisma.Sql[];
  /** Conditions that all of its rows meet, over a table called `t`. */
  readonly always?: readonly Prisma.Sql[];
}

/** The arguments of every list. */
export interface ListArguments<F extends object> {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: F | null | undefined;
  readonly orderBy?: OrderBy | null | undefined;
}

export interface OrderBy {
  readonly field: string;
  readonly direction?: "ASC" | "DESC" | null | undefined;
}

export const defaultSize = 25;
export const largestSize = 100;

/** Turns the arguments of a list into a request for a page; refuses sizes out of range and foreign cursors. */
export function pageRequest<M extends ModelName, F extends object>(
  list: List<M, F>,
  args: ListArguments<F>,
  info: GraphQLResolveInfo,
  inherited?: readonly string[],
): PageRequest<M> {
  if (args.first != null && args.last != null) {
    throw requestError("INVALID_REQUEST", `${info.fieldName}: give either first or last, not both.`);
  }
  checkSize(info.fieldName, "first", args.first);
  checkSize(info.fieldName, "last", args.last);
  const order = orderOf(list, args);
  const position = (name: "after" | "before"): Position | undefined => {
    const cursor = args[name];
    if (cursor == null) return undefined;
    const decoded = decodeCursor(order.name, order.type, cursor);
    if (decoded) return decoded;
    throw requestError(
      "INVALID_REQUEST",
      `${info.fieldName}: ${name} is no cursor of this list in this order.`,
    );
  };
  const cursors = selection(info).has("edges") || selection(info).has("pageInfo");
  const kept = cursors ? ["id", ...(order.fields ?? [])] : [];
  // A cursor that is made of the row without saying of what is made of the whole row.
  const isWhole = cursors && order.value !== undefined && !order.fields;
  return {
    order,
    descending: args.orderBy?.direction ? args.orderBy.direction === "DESC" : !order.ascending,
    limit: args.first ?? args.last ?? defaultSize,
    lookAhead: selection(info).has("pageInfo"),
    backward: args.last != null,
    after: position("after"),
    before: position("before"),
    where: [...(list.always ?? []), ...list.where(args.filter ?? ({} as F))],
    ...columnsBelow(info, list.model, "connection"),
    cursors,
    form: isWhole ? null : formBelow(info, list.model, { inherited, kept }),
  };
}

function checkSize(field: string, name: "first" | "last", size: number | null | undefined): void {
  if (size != null && (size < 1 || size > largestSize)) {
    throw requestError(
      "INVALID_REQUEST",
      `${field}: ${name} must be between 1 and ${largestSize}, not ${size}.`,
    );
  }
}

function orderOf<M extends ModelName, F extends object>(list: List<M, F>, args: ListArguments<F>): Order<M> {
  const name = args.orderBy?.field ?? Object.keys(list.orders)[0] ?? "";
  const order = list.orders[name];
  if (!order) throw new Error(`${list.model} has no order ${name}`);
  return order;
}

const selections = new WeakMap<object, ReadonlySet<string>>();

/** The names of the fields that are asked for below the field which `info` is about, in fragments too. */
export function selection({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const known = selections.get(fieldNodes);
  if (known) return known;
  const names = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const part of set?.selections ?? []) {
      if (part.kind === Kind.FIELD) names.add(part.name.value);
      else if (part.kind === Kind.INLINE_FRAGMENT) collect(part.selectionSet);
      else collect(fragments[part.name.value]?.selectionSet);
    }
  };
  for (const node of fieldNodes) collect(node.selectionSet);
  selections.set(fieldNodes, names);
  return names;
}
