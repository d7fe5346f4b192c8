import { z } from "zod";
import { type Fault, Refusal } from "./refusal.ts";
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

/**
 * What becomes of `stored` when `sent` arrives: left out it stays, and null clears it; keys are merged and nulls remove, or `sent`
 * replaces it all.
 */
export function mergedMetadata<Stored>(
  stored: Stored,
  sent: Metadata | null | undefined,
  replace?: boolean | null,
): Stored {
  if (sent === undefined) return stored;
  const merged = new Map(sent === null || replace ? [] : Object.entries(stored as Metadata));
  for (const [key, value] of Object.entries(sent ?? {})) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged) as Stored;
}

/** The metadata of what is made now. */
export function newMetadata(sent: Metadata | null | undefined): Metadata {
  return mergedMetadata<Metadata>({}, sent ?? null, true);
}

/** What is wrong with metadata that is to be stored: more keys than are allowed. `path` leads to its field in the input. */
export function metadataFaults(metadata: unknown, path: readonly string[] = ["metadata"]): Fault[] {
  if (Object.keys(metadata as object).length <= mostKeys) return [];
  const message = `With these, ${path.at(-1)} would have more than ${mostKeys} keys.`;
  return [{ code: "TOO_LONG", message, path }];
}

/** `mergedMetadata` of a change, which refuses too many keys. */
export function changedMetadata<Stored>(
  stored: Stored,
  sent: Metadata | null | undefined,
  {
    replace,
    field = "metadata",
  }: { readonly replace?: boolean | null | undefined; readonly field?: string } = {},
): Stored {
  if (sent === undefined) return stored;
  const after = mergedMetadata(stored, sent, replace);
  const faults = metadataFaults(after, [field]);
  if (faults.length) throw new Refusal(faults);
  return after;
}
