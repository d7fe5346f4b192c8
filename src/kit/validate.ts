import { z } from "zod";
import { type Fault, type FaultCode, Refusal } from "./refusal.ts";
import { unstorable } from "./text.ts";
import { Unreadable } from "./unreadable.ts";

const longestName = 60;

/** What came of checking an input. */
export type Checked<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

/** Checks `input` against `schema`. Faults carry the path within the input behind `path`. Nothing but shape is checked. */
export function check<T>(schema: z.ZodType<T>, input: unknown, path: readonly string[] = []): Checked<T> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return { value: result.data };
  return { faults: result.error.issues.map((issue) => toFault(issue, path)) };
}

/** Like `check`, but throws a `Refusal` for an input that does not pass. */
export function checked<T>(schema: z.ZodType<T>, input: unknown, path: readonly string[] = []): T {
  const result = check(schema, input, path);
  if ("faults" in result) throw new Refusal(result.faults);
  return result.value;
}

function toFault(issue: z.core.$ZodIssue, path: readonly string[]): Fault {
  const full = [...path, ...issue.path.map(String)];
  return { code: codeOf(issue), message: `${nameOf(full)} ${issue.message}.`, path: full };
}

/** What a message calls the value at `path`. Keys of metadata are whatever callers send, and may be long. */
function nameOf(path: readonly string[]): string {
  const name = path.at(-1) ?? "input";
  if (name === "") return '""';
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}

function codeOf(issue: z.core.$ZodIssue): FaultCode {
  if (issue.code === "custom" && issue.params?.["fault"]) return issue.params["fault"] as FaultCode;
  if (issue.code === "invalid_type" && issue.input === undefined) return "REQUIRED";
  const counted = issue.code === "too_big" || issue.code === "too_small";
  // A number out of its range is neither long nor missing.
  if (!counted || issue.origin === "number") return "INVALID";
  return issue.code === "too_big" ? "TOO_LONG" : "REQUIRED";
}

/** A value that its scalar may not have been able to read: then the field is at fault, with the scalar's reason. */
export function readable<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z
    .unknown()
    .transform((value, context) => {
      if (value instanceof Unreadable) {
        context.addIssue({ code: "custom", message: value.reason });
        return z.NEVER;
      }
      return value;
    })
    .pipe(schema) as unknown as z.ZodType<T>;
}

/** A text that the database can store, of at most `most` characters, and of at least `least`. */
export function text(most: number, least = 1): z.ZodType<string> {
  return z
    .string({ error: ({ input }) => (input === undefined ? "must be given" : "must be a text") })
    .min(least, "must not be empty")
    .max(most, `must have at most ${most} characters`)
    .superRefine((value, context) => {
      const reason = unstorable(value);
      if (reason) context.addIssue({ code: "custom", message: reason });
    });
}

/** A text that may be left out, and that null or an empty text clears. */
export function clearable(schema: z.ZodType<string>): z.ZodType<string | null | undefined> {
  return z.preprocess((value) => (value === "" ? null : value), schema.nullish());
}
