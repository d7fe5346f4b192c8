import { Decimal, decimal } from "../../../kit/decimal.ts";
import { numeral } from "./range.ts";
import type { Condition } from "../figures/conditions.ts";

/** Whether an event with these properties meets all conditions; the same as the database finds out for events that it has. */
export function meets(
  properties: Readonly<Record<string, unknown>>,
  conditions: readonly Condition[],
): boolean {
  return conditions.every((condition) => {
    const value = Object.hasOwn(properties, condition.property) ? properties[condition.property] : undefined;
    return holds(value, condition);
  });
}

function holds(value: unknown, { operator, values }: Condition): boolean {
  const text = textOf(value);
  switch (operator) {
    case "EQ":
    case "IN":
      return text !== null && values.includes(text);
    case "NEQ":
    case "NOT_IN":
      return text === null || !values.includes(text);
    case "EXISTS":
      return value != null;
    case "GT":
      return compare(text, values[0], (order) => order > 0);
    case "GTE":
      return compare(text, values[0], (order) => order >= 0);
    case "LT":
      return compare(text, values[0], (order) => order < 0);
    case "LTE":
      return compare(text, values[0], (order) => order <= 0);
  }
}

/** The text of a property, as the database writes it; null for lists, objects and nothing. */
function textOf(value: unknown): string | null {
  if (typeof value === "number") return new Decimal(value).toFixed();
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  return null;
}

function compare(
  text: string | null,
  limit: string | undefined,
  decide: (order: number) => boolean,
): boolean {
  if (text === null || limit === undefined || !numeral.test(text) || !numeral.test(limit)) return false;
  return decide(exact(text).comparedTo(exact(limit)));
}

/** Numbers of up to 120 digits are compared by all of them. */
function exact(text: string): Decimal {
  return decimal(text);
}
