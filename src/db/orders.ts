import { type ModelName, type Row, columnOf } from "./datamodel.ts";
import { Prisma } from "./generated/prisma/client.ts";
import type { Order } from "./reads.ts";

type Field<M extends ModelName> = keyof Row<M> & string;

/** By an instant that is never null, latest first. */
export function byInstant<M extends ModelName>(model: M, field: Field<M>): Order<M> {
  return {
    name: field,
    expression: columnOf(model, field),
    type: "timestamptz",
    value: (row) => (row[field] as Date).toISOString(),
    fields: [field],
  };
}

/** By a whole number that is never null, smallest first. */
export function byNumber<M extends ModelName>(model: M, field: Field<M>): Order<M> {
  return {
    name: field,
    expression: columnOf(model, field),
    type: "integer",
    ascending: true,
    value: (row) => String(row[field]),
    fields: [field],
  };
}

/** By a text that is never null, whatever its case, from A to Z. The index is on `(lower(column) COLLATE "C")`. */
export function byText<M extends ModelName>(model: M, field: Field<M>): Order<M> {
  return {
    name: field,
    expression: Prisma.sql`(lower(${columnOf(model, field)}) COLLATE "C")`,
    type: "text",
    ascending: true,
  };
}
