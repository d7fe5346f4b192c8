import { z } from "zod";
import { readable, text } from "./validate.ts";

const mostKeys = 50;
const longestKey = 40;
const longestValue = 500;

/** Free values by key. A null stands for a key that is to be removed. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

function map(value: z.ZodType<Metadata[string]>): z.ZodType<Metadata> {
  return readable(
    z.record(text(longestKey), value, "must be a JSON object").superRefine((entries, context) => {
      if (Object.keys(entries).length <= mostKeys) return;
      context.addIssue({
        code: "custom",
        params: { fault: "TOO_LONG" },
        message: `must have at most ${mostKeys} keys`,
      });
    }),
  );
}

const shortText = text(longestValue, 0);

/** Metadata as callers send it: at most 50 keys of 40 characters, texts of 500 as values, null to remove a key. */
export const metadataInput = map(shortText.nullable());

/** Custom fields as callers send them: like metadata, but a value may be a number or a boolean too. */
export const customFieldsInput = map(
  z
    .union(
      [shortText, z.number(), z.boolean()],
      "must be a text, a number, a boolean, or null to remove the key",
    )
    .nullable(),
);

/** What becomes of `stored` when `sent` arrives: keys are merged and nulls remove, or `sent` replaces it all. */
export function mergeMetadata(stored: Metadata, sent: Metadata, replace: boolean): Metadata {
  const merged = new Map(replace ? [] : Object.entries(stored));
  for (const [key, value] of Object.entries(sent)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Whether stored metadata would have more keys than are allowed. */
export function hasTooManyKeys(metadata: Metadata): boolean {
  return Object.keys(metadata).length > mostKeys;
}
