import type { Executor } from "./executor.ts";
import { type ModelName, type Row, quote, tableOf } from "./datamodel.ts";
import { Prisma } from "./generated/prisma/client.ts";
import { toJson } from "./json.ts";

/**
 * Inserts rows of `model` in one statement, however many they are. Every row names the same fields; columns that are
 * not named take their defaults.
 */
export async function insertRows<M extends ModelName>(
  executor: Executor,
  model: M,
  rows: readonly Partial<Row<M>>[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { name, columns } = tableOf(model);
  const fields = Object.keys(first);
  const list = Prisma.raw(fields.map((field) => quote(columns[field] ?? field)).join(", "));
  await executor.query(
    Prisma.sql`INSERT INTO ${name} (${list}) SELECT ${list}
      FROM jsonb_populate_recordset(NULL::${name}, ${toRecords(model, rows)}::jsonb)`,
  );
}

/** Rows of `model` as JSON text whose keys are column names, for `jsonb_populate_recordset`. */
export function toRecords<M extends ModelName>(model: M, rows: readonly Partial<Row<M>>[]): string {
  const { columns } = tableOf(model);
  const records = rows.map((row) => {
    const record: Record<string, unknown> = {};
    for (const field in row) record[columns[field] ?? field] = row[field];
    return record;
  });
  return toJson(records);
}
