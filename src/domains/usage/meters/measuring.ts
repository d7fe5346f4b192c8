import { z } from "zod";
import type { Fault } from "../../../kit/refusal.ts";
import { clearable, text } from "../../../kit/validate.ts";
import { conditions } from "../values/conditions-input.ts";
import { mostCharacters, readExpression } from "../values/expression.ts";
import type { MeterRow } from "./fields.ts";

/** What of events a meter takes and measures. It can change for events that come later; what was measured stays. */
export const measuringInput = {
  valueKey: clearable(text(255)),
  valueExpression: clearable(text(mostCharacters)),
  filters: conditions.nullish(),
  carryForward: z.boolean().nullish(),
};

const schema = z.object(measuringInput);

type Measuring = Pick<MeterRow, "valueKey" | "valueExpression" | "filters" | "carryForward">;

export const measuresQuantity: Measuring = {
  valueKey: null,
  valueExpression: null,
  filters: [],
  carryForward: false,
};

/** How a meter measures after `sent` arrived. */
export function mergeMeasuring(stored: Measuring, sent: z.infer<typeof schema>): Measuring {
  const { valueKey, valueExpression, filters, carryForward } = sent;
  return {
    valueKey: valueKey === undefined ? stored.valueKey : valueKey,
    valueExpression: valueExpression === undefined ? stored.valueExpression : valueExpression,
    filters: filters === undefined ? stored.filters : ((filters ?? []) as unknown as Measuring["filters"]),
    carryForward: carryForward === undefined ? stored.carryForward : (carryForward ?? false),
  };
}

/** What is wrong with how a meter would measure. */
export function measuringFaults(
  aggregation: MeterRow["aggregation"],
  { valueKey, valueExpression, carryForward }: Measuring,
): Fault[] {
  const faults: Fault[] = [];
  const complain = (field: string, message: string) =>
    void faults.push({ code: "INVALID", message, path: [field] });
  const counts = aggregation === "COUNT" || aggregation === "COUNT_UNIQUE";
  const field = valueExpression === null ? "valueKey" : "valueExpression";
  if (valueKey !== null && valueExpression !== null) {
    complain(field, "Give a property or an expression, not both: clear the other one with null.");
  } else if (counts && (valueKey !== null || valueExpression !== null)) {
    complain(field, `${aggregation} looks at no values: leave it out.`);
  } else if (valueExpression !== null) {
    const trouble = troubleWith(valueExpression);
    if (trouble) complain(field, `valueExpression ${trouble}.`);
  }
  if (carryForward && aggregation !== "LAST" && aggregation !== "WEIGHTED_SUM") {
    complain("carryForward", "Only LAST and WEIGHTED_SUM can carry over what was there before.");
  }
  return faults;
}

function troubleWith(expression: string): string | null {
  try {
    readExpression(expression);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
