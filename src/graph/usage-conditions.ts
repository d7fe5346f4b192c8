import { builder } from "./builder.ts";
import { describedEnum } from "./enums.ts";
import { input } from "./inputs.ts";

type Operator = "EQ" | "NEQ" | "IN" | "NOT_IN" | "GT" | "GTE" | "LT" | "LTE" | "EXISTS";

interface Condition {
  readonly property: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

const UsageConditionOperator = describedEnum<Operator>(
  "UsageConditionOperator",
  "How a property of a usage event is compared. Numbers and booleans are compared as their texts, but for the four that compare by size.",
  {
    EQ: "It is the value.",
    NEQ: "It is not the value, or is not there.",
    IN: "It is one of the values.",
    NOT_IN: "It is none of the values, or is not there.",
    GT: "It is a number larger than the value.",
    GTE: "It is a number as large as the value, or larger.",
    LT: "It is a number smaller than the value.",
    LTE: "It is a number as small as the value, or smaller.",
    EXISTS: "It is there, and is not null.",
  },
);

export const UsageConditionInput = input(
  "UsageConditionInput",
  "What must hold of one property of a usage event.",
  (t) => ({
    property: t.string({ required: true, description: "The property, at most 255 characters." }),
    operator: t.field({ type: UsageConditionOperator, required: true, description: "How it is compared." }),
    values: t.stringList({
      description:
        "What it is compared with: 1 to 100 values for IN and NOT_IN, none for EXISTS, one for all others. Each has at most 500 characters; decimal numbers for those that compare by size.",
    }),
  }),
);

export const UsageCondition = builder.objectRef<Condition>("UsageCondition").implement({
  description: "What must hold of one property of a usage event.",
  shareable: true,
  fields: (t) => ({
    property: t.exposeString("property", { description: "The property." }),
    operator: t.field({
      type: UsageConditionOperator,
      description: "How it is compared.",
      resolve: ({ operator }) => operator,
    }),
    values: t.stringList({ description: "What it is compared with.", resolve: ({ values }) => [...values] }),
  }),
});
