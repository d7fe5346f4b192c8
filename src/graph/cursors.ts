import type { Position } from "../db/reads.ts";
import { isId } from "../kit/ids.ts";
import { parseInstant } from "../kit/instant.ts";
import { unstorable } from "../kit/text.ts";

/** A cursor is bound to the order it was made in; what it holds is nobody's business. */
export function encodeCursor(order: string, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString("base64url");
}

/** The position a cursor stands for, or null when it is no cursor of this order. */
export function decodeCursor(
  order: string,
  type: "timestamptz" | "text" | "integer",
  cursor: string,
): Position | null {
  const parts = parseParts(cursor);
  if (!parts) return null;
  const [name, value, id] = parts;
  if (name !== order || !isId(id) || !readable[type](value)) return null;
  return { value, id };
}

const readable = {
  timestamptz: (value: string) => value === "infinity" || parseInstant(value) !== null,
  text: (value: string) => unstorable(value) === null,
  integer: (value: string) => /^-?\d{1,9}$/.test(value),
};

function parseParts(cursor: string): [string, string, string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === "string"))
      return null;
    return parts as [string, string, string];
  } catch {
    return null;
  }
}
