import { PrismaPg } from "@prisma/adapter-pg";
import { LRUCache } from "lru-cache";
import { Prisma, PrismaClient } from "./generated/prisma/client.ts";
import type { Executor } from "./executor.ts";
import type PrismaTypes from "./generated/pothos-types.ts";

/** The name of a Prisma model. */
export type ModelName = keyof PrismaTypes & string;

/** A row of a model as the database driver gives it: the model's own field names and types. */
export type Row<M extends ModelName> = PrismaTypes[M]["Shape"];

/** Where a model lives in SQL. */
export interface Table {
  /** The table's name, as SQL. */
  readonly name: Prisma.Sql;
  /** The rows of the environment that a confined executor works for, as a subquery that leaves them all their indexes. */
  readonly own: Prisma.Sql;
  /** Field name → column name, for every column. */
  readonly columns: Readonly<Record<string, string>>;
  /** The select list that gives rows of the model, for a table that is called `t`. */
  readonly select: Prisma.Sql;
}

interface RuntimeModel {
  readonly dbName: string | null;
  readonly fields: readonly { name: string; dbName?: string; kind: string }[];
}

// The client knows its models without being connected; this one is never used for a query.
const { models } = (
  new PrismaClient({ adapter: new PrismaPg({}) }) as unknown as {
    _runtimeDataModel: { models: Record<string, RuntimeModel> };
  }
)._runtimeDataModel;

const tables = new Map<ModelName, Table>();

/** The table of `model`. */
export function tableOf(model: ModelName): Table {
  let table = tables.get(model);
  if (!table) {
    table = describe(model);
    tables.set(model, table);
  }
  return table;
}

/**
 * Where to read rows of `model` by conditions that policies keep from their indexes: `lower()`, `LIKE`, `@>`, `=` on enums
 * and whatever else PostgreSQL does not hold for leakproof.
 */
export function searchable({ confined }: Executor, model: ModelName): Prisma.Sql {
  const { name, own } = tableOf(model);
  return confined ? own : name;
}

function describe(model: ModelName): Table {
  const runtime = models[model];
  if (!runtime) throw new Error(`there is no model ${model}`);
  const columns: Record<string, string> = {};
  for (const field of runtime.fields) {
    if (field.kind !== "object") columns[field.name] = field.dbName ?? field.name;
  }
  const name = runtime.dbName ?? model;
  return {
    name: Prisma.raw(quote(name)),
    own: Prisma.raw(`(SELECT (o.record).* FROM ${quote(`own_${name}`)} o)`),
    columns,
    select: listOf(Object.entries(columns)),
  };
}

const selects = new LRUCache<string, Prisma.Sql>({ max: 2_000 });

/** The select list that gives rows of `model` with these fields only; all of them for null. For a table that is called `t`. */
export function selectOf(model: ModelName, fields: readonly string[] | null): Prisma.Sql {
  const table = tableOf(model);
  if (!fields) return table.select;
  return kept(`${model} ${fields.join(" ")}`, () =>
    listOf(fields.map((field) => [field, table.columns[field] ?? field])),
  );
}

/** The same for rows which are called by the names of their fields already. */
export function reselectOf(model: ModelName, fields: readonly string[] | null): Prisma.Sql {
  const names = fields ?? Object.keys(tableOf(model).columns);
  return kept(`again ${model} ${names.join(" ")}`, () => listOf(names.map((field) => [field, field])));
}

function kept(key: string, make: () => Prisma.Sql): Prisma.Sql {
  let select = selects.get(key);
  if (!select) {
    select = make();
    selects.set(key, select);
  }
  return select;
}

function listOf(columns: readonly (readonly [field: string, column: string])[]): Prisma.Sql {
  return Prisma.raw(columns.map(([field, column]) => `t.${quote(column)} AS ${quote(field)}`).join(", "));
}

/** `name` as an SQL identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The column of `field` of `model`, as SQL, for a table that is called `t`. */
export function columnOf<M extends ModelName>(model: M, field: keyof Row<M> & string): Prisma.Sql {
  const column = tableOf(model).columns[field];
  if (!column) throw new Error(`${model} has no column for ${field}`);
  return Prisma.raw(`t.${quote(column)}`);
}
