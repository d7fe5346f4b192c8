import type { InputRef } from "@pothos/core";
import { ownSource } from "../kit/own-source.ts";
import { type GraphTypes, builder } from "./builder.ts";

export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<GraphTypes, "InputObject">;

/** What use cases check by themselves: the graph makes sure of types only. */
export type Unchecked = Readonly<Record<string, unknown>>;

/** Declares an input whose values a use case checks. `extensions` may price its rows, by `rowWeighs`. */
export function input(
  name: string,
  description: string,
  fields: (t: InputBuilder) => object,
  extensions: Readonly<Record<string, unknown>> = {},
): InputRef<Unchecked> {
  return builder
    .inputRef<Unchecked>(name)
    .implement({ description, extensions, fields: fields as never }) as never;
}

/** Declares an input that holds exactly one of its fields, none of which is required. */
export function oneOf(
  name: string,
  description: string,
  fields: (t: InputBuilder) => object,
): InputRef<Unchecked> {
  return builder.inputType(name, { description, isOneOf: true, fields: fields as never }) as never;
}

/** What inputs say of fields that are not sent. */
export const leftAlone = "A field that is left out is left alone; null, or an empty text, clears it.";

export const ExternalReferenceInput = input("ExternalReferenceInput", "An id in another system.", (t) => ({
  source: t.string({
    required: true,
    defaultValue: ownSource,
    description:
      "The system: any text of at most 64 characters. `merchant` stands for the merchant's own system.",
  }),
  id: t.string({
    required: true,
    description: "The id in that system, at most 255 characters. Case matters.",
  }),
}));

/** The merchant's own keys and values. */
export const metadataField = (t: InputBuilder) =>
  t.field({
    type: "JSONObject",
    description:
      "Texts by key: at most 50 keys of 40 characters, texts of 500. Merged into what is stored; a null value removes its key, null removes all.",
  });

/** Refuses a change that was decided on an older version of the object. */
export const expectedVersionField = (t: InputBuilder) =>
  t.field({
    type: "SafeInt",
    description: "Refuse the change when the object is at another version by now.",
  });
