import { type Decimal, decimal, roundTo } from "../../../kit/decimal.ts";
import { mostUnits } from "../../../kit/limits.ts";
import { NoResult, readExpression } from "./expression.ts";

/** What of a meter decides about the value of an event. */
export interface ValueRule {
  readonly valueKey: string | null;
  readonly valueExpression: string | null;
}

/** What of an event its value is made of. */
export interface Measurable {
  readonly quantity: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export type UnmeasurableReason = NoResult["reason"] | "OUT_OF_RANGE";

/** What a meter measures of an event, null for its quantity; or why it has no value. */
export type Measured =
  | { readonly value: string | null }
  | { readonly reason: UnmeasurableReason; readonly message: string };

/** The value of an event by a meter's property or expression, rounded half away from zero to 12 digits after the point. */
export function measure({ valueKey, valueExpression }: ValueRule, event: Measurable): Measured {
  if (valueKey === null && valueExpression === null) return { value: null };
  try {
    const exact =
      valueExpression === null
        ? byKey(event, valueKey ?? "")
        : readExpression(valueExpression)((name) => numberCalled(event, name));
    const value = roundTo(exact, 12);
    if (value.abs().lte(mostUnits)) return { value: value.toFixed() };
    return { reason: "OUT_OF_RANGE", message: `The value of the event is beyond ${mostUnits}.` };
  } catch (error) {
    if (error instanceof NoResult) return { reason: error.reason, message: error.message };
    throw error;
  }
}

function byKey({ properties }: Measurable, key: string): Decimal {
  const value = numberOf(properties, key);
  if (value) return value;
  throw new NoResult("NO_VALUE", `The event has no number as its property ${key.slice(0, 60)}.`);
}

function numberCalled({ quantity, properties }: Measurable, name: string): Decimal | null {
  if (name === "quantity") return decimal(quantity);
  return numberOf(properties, name === "properties.quantity" ? "quantity" : name);
}

/** A property that is a number, or a text of one. */
function numberOf(properties: Measurable["properties"], key: string): Decimal | null {
  const value = Object.hasOwn(properties, key) ? properties[key] : null;
  if (typeof value !== "string" && typeof value !== "number") return null;
  try {
    return decimal(String(value));
  } catch {
    return null;
  }
}
