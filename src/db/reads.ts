import { LRUCache } from "lru-cache";
import { type Executor, Template, plannedByValues, toldAsTexts, writtenAs } from "./executor.ts";
import {
  type ModelName,
  type Row,
  columnOf,
  reselectOf,
  searchable,
  selectOf,
  tableOf,
} from "./datamodel.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { type RowForm, Unwritable, type WrittenRows, parentColumn } from "./wire/form.ts";

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
  /** The fields that `value` reads. */
  readonly fields?: readonly (keyof Row<M> & string)[];
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
  /** The fields that are read of each row, beside those that the page itself needs; null for all. */
  readonly fields: readonly string[] | null;
  /** Those of them that are only written out, and come as the texts to be written. */
  readonly texts: readonly string[];
  /** Whether cursors are made of the rows. */
  readonly cursors: boolean;
  /** How rows are written that need not be whole objects; null where they do. */
  readonly form: RowForm | null;
}

/** What rows have from their parents, for each of those. */
type Inherited = WrittenRows["parents"];

/** The rows of a page, in the list's order. */
export interface Page<M extends ModelName> {
  readonly rows: Row<M>[];
  /** Whether rows follow in the direction of reading; known where `lookAhead` asked. */
  readonly more: boolean;
}

/** The column that leads from a child to its parent. */
export type ParentField<M extends ModelName> = keyof Row<M> & string;

const cursorColumn = "$cursor";
const placeColumn = "$place";

/**
 * The rows of `model` with these ids, in the order of `ids`; null where the tenant has no such row. Rows hold `fields`, the id
 * among them, or all for null; `texts` of them as the texts to be written. One statement.
 */
export async function readByIds<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  ids: readonly string[],
  fields: readonly string[] | null = null,
  texts: readonly string[] = [],
): Promise<(Row<M> | null)[]> {
  const [first] = ids;
  if (ids.length === 1) {
    const statement = byOneId(model, fields, texts).with(environmentId, first);
    const [row = null] = await executor.query<Row<M>>(statement);
    return [row];
  }
  const rows = await executor.query<Row<M> & { id: string }>(
    toldAsTexts(
      Prisma.sql`SELECT ${selectOf(model, fields)} FROM ${tableOf(model).name} t
        WHERE t.environment_id = ${environmentId}::uuid AND t.id = ANY(${ids}::uuid[])`,
      texts,
    ),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
}

const templates = new LRUCache<string, Template>({ max: 2_000 });

/** One id is compared by itself: of an array that it does not know, PostgreSQL expects ten. */
function byOneId(model: ModelName, fields: readonly string[] | null, texts: readonly string[]): Template {
  const key = `${model} ${fields?.join(" ")} ${texts.join(" ")}`;
  let template = templates.get(key);
  if (!template) {
    const sql = Prisma.sql`SELECT ${selectOf(model, fields)} FROM ${tableOf(model).name} t
      WHERE t.environment_id = ${""}::uuid AND t.id = ${""}::uuid`;
    template = new Template(sql, texts);
    templates.set(key, template);
  }
  return template;
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
  const { select, from, order, limit } = pageParts(executor, environmentId, model, request);
  const statement = Prisma.sql`${select} ${from} ORDER BY ${order} ${limit}`;
  return asPage(await readRows(executor, planned(statement, request.where), request, []), request);
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
  inherited: Inherited = [],
): Promise<Page<M>[]> {
  const { fields, select, from, order, direction, limit } = pageParts(
    executor,
    environmentId,
    model,
    request,
    [Prisma.sql`${columnOf(model, parentField)} = parent.id`],
  );
  const cursor = request.order.value ? Prisma.empty : Prisma.raw(`, t."${cursorColumn}"`);
  const place = Prisma.raw(`"${placeColumn}"`);
  const statement = Prisma.sql`SELECT parent.position::int AS ${Prisma.raw(`"${parentColumn}"`)}, ${reselectOf(model, fields)}${cursor}
    FROM unnest(${parentIds}::uuid[]) WITH ORDINALITY AS parent(id, position)
    CROSS JOIN LATERAL (${select}, ${request.order.expression} AS ${place} ${from} ORDER BY ${order} ${limit}) t
    ORDER BY parent.position, t.${place} ${direction}, t.id ${direction}`;
  const pages = parentIds.map((): Row<M>[] => []);
  for (const row of await readRows(executor, statement, request, inherited)) {
    pages[(row as unknown as { readonly [parentColumn]: number })[parentColumn] - 1]?.push(row);
  }
  return pages.map((rows) => asPage(rows, request));
}

/** The rows of pages. What cannot be written in the form that is wanted is read once more, as objects. */
async function readRows<M extends ModelName>(
  executor: Executor,
  statement: Prisma.Sql,
  request: PageRequest<M>,
  parents: Inherited,
): Promise<Row<M>[]> {
  const { form } = request;
  toldAsTexts(statement, textsOf(request));
  if (!form) return executor.query<Row<M>>(statement);
  try {
    return await executor.query<Row<M>>(writtenAs(statement, { form, parents }));
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    return executor.query<Row<M>>(writtenAs(statement, undefined));
  }
}

/** The position of a row of a page that was read in `order`. */
export function positionOf<M extends ModelName>(order: Order<M>, row: Row<M>): Position {
  const { id, [cursorColumn]: selected } = row as unknown as { id: string; [cursorColumn]?: string };
  return { value: order.value ? order.value(row) : String(selected), id };
}

/** Conditions that many of all rows may meet or few, by their values. Below a parent there are few rows in any case. */
const uneven = / LIKE | @> | = ANY\(/;

/** A statement over all the tenant's rows that meet `where`, planned as these conditions need it. */
export function planned(statement: Prisma.Sql, where: readonly Prisma.Sql[]): Prisma.Sql {
  return where.some(({ text }) => uneven.test(text)) ? plannedByValues(statement) : statement;
}

/** Where the rows of a list are found. A list without a filter has nothing to search by, and is read under the table's policy. */
export function tableFor(executor: Executor, model: ModelName, where: readonly Prisma.Sql[]): Prisma.Sql {
  return where.length ? searchable(executor, model) : tableOf(model).name;
}

/** The conditions of the tenant's rows, and these. */
export function conditions(environmentId: string, where: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.join([Prisma.sql`t.environment_id = ${environmentId}::uuid`, ...where], " AND ");
}

/** The parts of a page's statement, all over a table called `t`. */
function pageParts<M extends ModelName>(
  executor: Executor,
  environmentId: string,
  model: M,
  request: PageRequest<M>,
  more: readonly Prisma.Sql[] = [],
) {
  const { order, after, before, descending, backward } = request;
  const from = order.value ? tableFor(executor, model, request.where) : searchable(executor, model);
  const where = [...more, ...request.where];
  if (after) where.push(beyond(order, after, descending ? "<" : ">"));
  if (before) where.push(beyond(order, before, descending ? ">" : "<"));
  const direction = Prisma.raw(descending === backward ? "ASC" : "DESC");
  const fields = fieldsOf(request);
  const cursor = order.value
    ? Prisma.empty
    : Prisma.sql`, (${order.expression})::text AS ${Prisma.raw(`"${cursorColumn}"`)}`;
  return {
    fields,
    direction,
    select: Prisma.sql`SELECT ${selectOf(model, fields)}${cursor}`,
    from: Prisma.sql`FROM ${from} t WHERE ${conditions(environmentId, where)}`,
    order: Prisma.sql`${order.expression} ${direction}, t.id ${direction}`,
    limit: Prisma.sql`LIMIT ${request.limit + (request.lookAhead ? 1 : 0)}::int`,
  };
}

/** The fields of a page's rows: those that are wanted, and those that its cursors are made of. */
function fieldsOf<M extends ModelName>({ fields, order, cursors }: PageRequest<M>): readonly string[] | null {
  if (!cursors) return fields;
  if (!fields || (order.value && !order.fields)) return null;
  return order.fields ? [...new Set([...fields, ...order.fields])] : fields;
}

/** Cursors are made of values. */
function textsOf<M extends ModelName>({ texts, order, cursors }: PageRequest<M>): readonly string[] {
  if (!cursors) return texts;
  return texts.filter((field) => order.fields && !(order.fields as readonly string[]).includes(field));
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
