import type { InputRef } from "@pothos/core";
import { type GraphTypes, builder } from "../../../graph/builder.ts";

type InputBuilder = PothosSchemaTypes.InputFieldBuilder<GraphTypes, "InputObject">;

function input(
  name: string,
  description: string,
  fields: (t: InputBuilder) => object,
): InputRef<Record<string, unknown>> {
  return builder
    .inputRef<Record<string, unknown>>(name)
    .implement({ description, fields: fields as never }) as never;
}

export const CreateTestClockInput = input("CreateTestClockInput", "A new test clock.", (t) => ({
  name: t.string({ description: "What it is called, at most 100 characters." }),
  now: t.field({
    type: "DateTime",
    description: "The time that it shows, in one of the years 2000 to 2099; the time that it is unless said.",
  }),
}));

export const AdvanceTestClockInput = input("AdvanceTestClockInput", "How far a test clock goes.", (t) => ({
  id: t.id({ required: true, description: "The id of the clock." }),
  to: t.field({
    type: "DateTime",
    required: true,
    description: "The time that it is to show: later than now, and within two years.",
  }),
}));

export const DeleteTestClockInput = input("DeleteTestClockInput", "Which test clock.", (t) => ({
  id: t.id({ required: true, description: "The id of the clock." }),
}));
