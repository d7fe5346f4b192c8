import type { Executor } from "./executor.ts";
import { type ModelName, type Row, columnOf, tableOf } from "./datamodel.ts";
import { Prisma } from "./generated/prisma/client.ts";

/** What a list is sorted by, always with the id as the tie-break. */
export interface Order<M extends ModelName> {
  /** Names the order in cursors: a cursor of one order is refused by another. */
  readonly name: string;
  /** The SQL that is sorted by, over a table called `t`. It must never be null. */
  readonly expression: Prisma.Sql;
  /** The SQL type of a cursor's value. */
  readonly type: "timestamptz" | "text" | "integer";
  /** Whether the smallest comes first unless a caller asks for the other direction. */
  readonly ascending?: boolean;
  /** The cursor's value of a row; without it, the SQL is selected beside the row. */
  readonly value?: (row: Row<M>) => string;
}

/** Where a page starts or ends: the order's value and the id of a row. */
export interface Position {
  readonly value: string;
  readonly id: string;
}

/** Which page of a list is wanted. */
export interface PageRequest<M extends ModelName> {
  readonly order: Order<M>;
  readonly descending: boolean;
  /** How many rows; one more is read where `lookAhead` asks whether there are more. */
  readonly limit: number;
  readonly lookAhead: boolean;
  /** Whether the page is the last one before `before`, not the first one after `after`. */
  readonly backward: boolean;
  readonly after?: Position | undefined;
  readonly before?: Position | undefined;
  /** Conditions over a table called `t`. */
  readonly where: readonly Prisma.Sql[];
}

/** The rows of a page, in the list's order. */
export interface Page<M extends ModelName> {
  readonly rows: Row<M>[];
  /** Whether rows follow in the direction of reading; known where `lookAhead` asked. */
  readonly more: boolean;
}

/** The column that leads from a child to its parent. */
export type ParentField<M extends ModelName> = keyof Row<M> & string;

const cursorColumn = "$cursor";

/** The rows of `model` with these ids, in the order of `ids`; null where the tenant has no such row. One statement. */
export async function readByIds<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  ids: readonly string[],
): Promise<(Row<M> | null)[]> {
  const table = tableOf(model);
  const rows = await executor.query<Row<M> & { id: string }>(
    Prisma.sql`SELECT ${table.select} FROM ${table.name} t
      WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${ids}::uuid[])`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
}

/** Which of `models` has the row with each of `ids`, in their order; null where the tenant has no such row. One statement. */
export async function findModels(
  executor: Executor,
  environmentId: string,
  models: readonly ModelName[],
  ids: readonly string[],
): Promise<(ModelName | null)[]> {
  const found = models.map(
    (model) => Prisma.sql`SELECT ${model}::text AS model FROM ${tableOf(model).name} t
      WHERE t.environment_id = ${environmentId}::uuid AND t.id = wanted.id`,
  );
  const rows = await executor.query<{ id: string; model: ModelName }>(
    Prisma.sql`SELECT wanted.id, found.model FROM unnest(${ids}::uuid[]) AS wanted(id)
      CROSS JOIN LATERAL (${Prisma.join(found, " UNION ALL ")}) found`,
  );
  const byId = new Map(rows.map(({ id, model }) => [id, model]));
  return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
}

/** One page of all the tenant's rows of `model`. One statement. */
export async function readPage<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  request: PageRequest<M>,
): Promise<Page<M>> {
  const { select, from, order, limit } = pageParts(environmentId, model, request);
  const rows = await executor.query<Row<M>>(Prisma.sql`${select} ${from} ORDER BY ${order} ${limit}`);
  return asPage(rows, request);
}

/**
 * One page under each of `parentIds`, in their order. One statement, which reads no row that is on none of the pages
 * (but for the one that tells whether more follow).
 */
export async function readPagesPerParent<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  parentField: ParentField<M>,
  parentIds: readonly string[],
  request: PageRequest<M>,
): Promise<Page<M>[]> {
  const { select, from, order, limit } = pageParts(environmentId, model, request, [
    Prisma.sql`${columnOf(model, parentField)} = parent.id`,
  ]);
  const rows = await executor.query<Row<M>>(
    Prisma.sql`${select} FROM unnest(${parentIds}::uuid[]) WITH ORDINALITY AS parent(id, position)
      CROSS JOIN LATERAL (SELECT t.* ${from} ORDER BY ${order} ${limit}) t ORDER BY parent.position, ${order}`,
  );
  const byParent = new Map<unknown, Row<M>[]>();
  for (const row of rows) {
    const parent = row[parentField];
    const siblings = byParent.get(parent);
    if (siblings) siblings.push(row);
    else byParent.set(parent, [row]);
  }
  return parentIds.map((id) => asPage(byParent.get(id) ?? [], request));
}

/** How many rows of `model` meet the conditions. One statement. */
export async function count<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  where: readonly Prisma.Sql[],
): Promise<number> {
  const [row] = await executor.query<{ count: bigint }>(
    Prisma.sql`SELECT count(*) AS count FROM ${tableOf(model).name} t WHERE ${conditions(environmentId, where)}`,
  );
  return Number(row?.count ?? 0n);
}

/** How many rows of `model` meet the conditions under each of `parentIds`, in their order. One statement. */
export async function countPerParent<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  parentField: ParentField<M>,
  parentIds: readonly string[],
  where: readonly Prisma.Sql[],
): Promise<number[]> {
  const parent = columnOf(model, parentField);
  const rows = await executor.query<{ parent: string; count: bigint }>(
    Prisma.sql`SELECT ${parent} AS parent, count(*) AS count FROM ${tableOf(model).name} t
      WHERE ${conditions(environmentId, [Prisma.sql`${parent} = ANY(${parentIds}::uuid[])`, ...where])} GROUP BY 1`,
  );
  const byParent = new Map(rows.map((row) => [row.parent, Number(row.count)]));
  return parentIds.map((id) => byParent.get(id) ?? 0);
}

/** The position of a row of a page that was read in `order`. */
export function positionOf<M extends ModelName>(order: Order<M>, row: Row<M>): Position {
  const { id, [cursorColumn]: selected } = row as unknown as { id: string; [cursorColumn]?: string };
  return { value: order.value ? order.value(row) : String(selected), id };
}

function conditions(environmentId: string, where: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.join([Prisma.sql`t.environment_id = ${environmentId}::uuid`, ...where], " AND ");
}

/** The parts of a page's statement, all over a table called `t`. */
function pageParts<M extends ModelName>(
  environmentId: string,
  model: M,
  request: PageRequest<M>,
  more: readonly Prisma.Sql[] = [],
): Record<"select" | "from" | "order" | "limit", Prisma.Sql> {
  const { order, after, before, descending, backward } = request;
  const table = tableOf(model);
  const where = [...more, ...request.where];
  if (after) where.push(beyond(order, after, descending ? "<" : ">"));
  if (before) where.push(beyond(order, before, descending ? ">" : "<"));
  const direction = Prisma.raw(descending === backward ? "ASC" : "DESC");
  const cursor = order.value
    ? Prisma.empty
    : Prisma.sql`, (${order.expression})::text AS ${Prisma.raw(`"${cursorColumn}"`)}`;
  return {
    select: Prisma.sql`SELECT ${table.select}${cursor}`,
    from: Prisma.sql`FROM ${table.name} t WHERE ${conditions(environmentId, where)}`,
    order: Prisma.sql`${order.expression} ${direction}, t.id ${direction}`,
    limit: Prisma.sql`LIMIT ${request.limit + (request.lookAhead ? 1 : 0)}::int`,
  };
}

function beyond<M extends ModelName>(
  order: Order<M>,
  { value, id }: Position,
  operator: "<" | ">",
): Prisma.Sql {
  return Prisma.sql`(${order.expression}, t.id) ${Prisma.raw(operator)} (${value}::${Prisma.raw(order.type)}, ${id}::uuid)`;
}

function asPage<M extends ModelName>(read: Row<M>[], { limit, backward }: PageRequest<M>): Page<M> {
  const more = read.length > limit;
  const rows = more ? read.slice(0, limit) : read;
  return { rows: backward ? rows.toReversed() : rows, more };
}
