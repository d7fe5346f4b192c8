import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "./generated/prisma/client.ts";
import type PrismaTypes from "./generated/pothos-types.ts";

/** The name of a Prisma model. */
export type ModelName = keyof PrismaTypes & string;

/** A row of a model as the database driver gives it: the model's own field names and types. */
export type Row<M extends ModelName> = PrismaTypes[M]["Shape"];

/** Where a model lives in SQL. */
export interface Table {
  /** The table's name, as SQL. */
  readonly name: Prisma.Sql;
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

function describe(model: ModelName): Table {
  const runtime = models[model];
  if (!runtime) throw new Error(`there is no model ${model}`);
  const columns: Record<string, string> = {};
  for (const field of runtime.fields) {
    if (field.kind !== "object") columns[field.name] = field.dbName ?? field.name;
  }
  const select = Object.entries(columns).map(([field, column]) => `t.${quote(column)} AS ${quote(field)}`);
  return { name: Prisma.raw(quote(runtime.dbName ?? model)), columns, select: Prisma.raw(select.join(", ")) };
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
