import { Prisma } from "../../../db/generated/prisma/client.ts";

export type ConditionOperator = "EQ" | "NEQ" | "IN" | "NOT_IN" | "GT" | "GTE" | "LT" | "LTE" | "EXISTS";

/**
 * What must hold of one property of an event. `EQ`, `NEQ`, `IN` and `NOT_IN` compare texts, and the numbers and booleans
 * of JSON by their texts; the four that compare by size compare numbers, and hold for nothing else. An event without the
 * property meets `NEQ` and `NOT_IN` only. `EXISTS` takes no values, the lists take any number, all others take one.
 */
export interface Condition {
  readonly property: string;
  readonly operator: ConditionOperator;
  readonly values: readonly string[];
}

/** The SQL of a property's text: null where there is none, or a list or an object. */
const textOf = (
  properties: Prisma.Sql,
) => Prisma.sql`CASE WHEN jsonb_typeof(${properties} -> c.property) IN ('string', 'number', 'boolean')
  THEN ${properties} ->> c.property END`;

/** The SQL of a text's number; null where it is none. */
const numberOf = (text: Prisma.Sql) =>
  Prisma.sql`CASE WHEN ${text} ~ '^[+-]?([0-9]{1,60}([.][0-9]{0,60})?|[.][0-9]{1,60})$' THEN (${text})::numeric END`;

/** The SQL that says whether an event with these properties meets all conditions of a JSON array of `Condition`. */
export function meetsAll(properties: Prisma.Sql, conditions: Prisma.Sql): Prisma.Sql {
  const number = numberOf(Prisma.sql`p.text`);
  const limit = numberOf(Prisma.sql`(c."values" ->> 0)`);
  return Prisma.sql`NOT EXISTS (
    SELECT FROM jsonb_to_recordset(${conditions}) AS c(property text, operator text, "values" jsonb)
    CROSS JOIN LATERAL (SELECT ${textOf(properties)} AS text) p
    WHERE NOT coalesce(CASE
      WHEN c.operator IN ('EQ', 'IN') THEN c."values" ? p.text
      WHEN c.operator IN ('NEQ', 'NOT_IN') THEN NOT coalesce(c."values" ? p.text, false)
      WHEN c.operator = 'EXISTS' THEN jsonb_typeof(${properties} -> c.property) <> 'null'
      WHEN c.operator = 'GT' THEN ${number} > ${limit}
      WHEN c.operator = 'GTE' THEN ${number} >= ${limit}
      WHEN c.operator = 'LT' THEN ${number} < ${limit}
      WHEN c.operator = 'LTE' THEN ${number} <= ${limit}
    END, false))`;
}
