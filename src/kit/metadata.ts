import { z } from "zod";
import { readable, text } from "./validate.ts";

const mostKeys = 50;
const longestKey = 40;
const longestValue = 500;

/** Free values by key. A null stands for a key that is to be removed. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** A zod record drops the key `__proto__` without a word; a map has keys of any name. */
function map(value: z.ZodType<Metadata[string]>): z.ZodType<Metadata> {
  const entries = z
    .map(text(longestKey), value, "must be a JSON object")
    .max(mostKeys, `must have at most ${mostKeys} keys`)
    .transform((sent) => Object.fromEntries(sent));
  return readable(z.preprocess((sent) => (isObject(sent) ? new Map(Object.entries(sent)) : sent), entries));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const shortText = text(longestValue, 0);

/** JSON has a negative zero, which the database keeps as plain zero. */
const number = z.number().transform((sent) => (sent === 0 ? 0 : sent));

/** Metadata as callers send it: at most 50 keys of 40 characters, texts of 500 as values, null to remove a key. */
export const metadataInput = map(shortText.nullable());

/** Custom fields as callers send them: like metadata, but a value may be a number or a boolean too. */
export const customFieldsInput = map(
  z
    .union([shortText, number, z.boolean()], "must be a text, a number, a boolean, or null to remove the key")
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
