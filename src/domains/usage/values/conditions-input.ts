import { z } from "zod";
import { text } from "../../../kit/validate.ts";
import type { Condition, ConditionOperator } from "../figures/conditions.ts";

export const mostConditions = 20;
const mostValues = 100;

/** How many values an operator takes, and whether they are numbers. */
const takes: Readonly<
  Record<ConditionOperator, { readonly least: number; readonly most: number; readonly number?: true }>
> = {
  EQ: { least: 1, most: 1 },
  NEQ: { least: 1, most: 1 },
  IN: { least: 1, most: mostValues },
  NOT_IN: { least: 1, most: mostValues },
  GT: { least: 1, most: 1, number: true },
  GTE: { least: 1, most: 1, number: true },
  LT: { least: 1, most: 1, number: true },
  LTE: { least: 1, most: 1, number: true },
  EXISTS: { least: 0, most: 0 },
};

export const conditionOperators = Object.keys(takes) as readonly ConditionOperator[];

const number = /^[+-]?\d{1,26}(?:\.\d{1,12})?$/;

/** A condition as it is sent. */
export const condition: z.ZodType<Condition> = z
  .strictObject({
    property: text(255),
    operator: z.enum(conditionOperators as [ConditionOperator]),
    values: z
      .array(text(500, 0))
      .nullish()
      .transform((values) => values ?? []),
  })
  .superRefine(({ operator, values }, context) => {
    const { least, most, number: numeric } = takes[operator];
    const complain = (message: string) => context.addIssue({ code: "custom", message, path: ["values"] });
    if (values.length < least || values.length > most) {
      const wanted = most === 0 ? "no values" : most === 1 ? "one value" : `${least} to ${most} values`;
      complain(`must be ${wanted} for ${operator}`);
    } else if (numeric && !values.every((value) => number.test(value))) {
      complain(`must be a decimal number for ${operator}`);
    }
  });

export const conditions = z.array(condition).max(mostConditions, `must be at most ${mostConditions}`);
