import { z } from "zod";
import { decimal } from "../../../kit/decimal.ts";
import { mostUnits } from "../../../kit/limits.ts";
import { unstorable } from "../../../kit/text.ts";
import { readable, text } from "../../../kit/validate.ts";

/** The most events that one call takes. */
export const mostEvents = 1_000;

const deepest = 5;
const mostBytes = 8_192;

/** The sender's own id of an event. */
export const idempotencyKey = text(255);

/** How much was used. The scalar has made sure of the form. */
export const quantity = readable(z.string("must be a decimal number as a text"))
  .refine((value) => !/^-.*[1-9]/.test(value), "must not be less than 0")
  .refine((value) => decimal(value).lte(mostUnits), `must be at most ${mostUnits}`);

/** When something was used, to the millisecond. */
export const timestamp = readable(z.string("must be a date and time")).transform((value) => new Date(value));

/** What else is told of an event: any JSON object that the database can store as it is. */
export const properties = readable(
  z.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be a JSON object",
  ),
).superRefine((value, context) => {
  const reason = troubleWith(value, deepest);
  if (reason) context.addIssue({ code: "custom", message: reason });
  else if (Buffer.byteLength(JSON.stringify(value)) > mostBytes) {
    context.addIssue({ code: "custom", params: { fault: "TOO_LONG" }, message: tooLarge });
  }
});

const tooLarge = `must have at most ${mostBytes} bytes as JSON`;
const tooDeep = `must have at most ${deepest} objects and lists within each other`;

/** Why a JSON value cannot be stored, if anything is the matter; objects and lists may lie within each other `levels` times. */
function troubleWith(value: unknown, levels: number): string | null {
  if (typeof value === "string") return unstorable(value);
  if (typeof value === "number") return Number.isFinite(value) ? null : "must have no numbers out of range";
  if (typeof value !== "object" || value === null) return null;
  if (!levels) return tooDeep;
  for (const [key, part] of Object.entries(value)) {
    const reason = unstorable(key) ?? troubleWith(part, levels - 1);
    if (reason) return reason;
  }
  return null;
}

/** Names an event: by its id, or by the key that it was sent with. */
export const eventReference = z.union(
  [z.strictObject({ id: z.string() }), z.strictObject({ idempotencyKey })],
  "must name an event by either id or idempotencyKey",
);

export type EventReference = z.infer<typeof eventReference>;
