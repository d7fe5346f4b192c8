import { isId } from "../kit/ids.ts";
import { Prisma } from "./generated/prisma/client.ts";

/** Each of these gives the conditions of one entry of a filter: none where the entry is missing or null. */
type Conditions = Prisma.Sql[];

type Entry<T> = T | null | undefined;

/** The column holds this value. */
export function equals(column: Prisma.Sql, value: Entry<string | boolean>): Conditions {
  return value == null ? [] : [Prisma.sql`${column} = ${value}`];
}

/** The column holds this id. A text that is no UUID is no row's id, so it matches nothing. */
export function idEquals(column: Prisma.Sql, id: Entry<string>): Conditions {
  return id == null ? [] : [isId(id) ? Prisma.sql`${column} = ${id}::uuid` : Prisma.sql`FALSE`];
}

/** The column holds one of the values; an empty list matches nothing. */
export function isOneOf(column: Prisma.Sql, values: Entry<readonly string[]>): Conditions {
  if (values == null) return [];
  // With a single value, PostgreSQL can read an index that starts with the column in the order of what follows it.
  return values.length === 1 ? equals(column, values[0]) : [Prisma.sql`${column} = ANY(${values})`];
}

/** The expression lies in the half-open range; either end may be missing. */
export function isWithin(
  expression: Prisma.Sql,
  range: Entry<{ readonly from?: Entry<string>; readonly before?: Entry<string> }>,
): Conditions {
  return [
    ...(range?.from == null ? [] : [Prisma.sql`${expression} >= ${range.from}::timestamptz`]),
    ...(range?.before == null ? [] : [Prisma.sql`${expression} < ${range.before}::timestamptz`]),
  ];
}
