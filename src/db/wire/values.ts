/** A value of JavaScript as PostgreSQL reads it: a text, bytes, or null. */
export function written(value: unknown): string | Buffer | null {
  if (typeof value === "string") return value;
  if (value == null) return null;
  if (typeof value !== "object") return String(value as number | bigint | boolean);
  if (Array.isArray(value)) return arrayText(value);
  if (value instanceof Date) return Date.prototype.toISOString.call(value);
  if (Buffer.isBuffer(value)) return value;
  return JSON.stringify(value);
}

/** What has to be marked in an element of an array. */
const marked = /["\\]/;

function arrayText(elements: readonly unknown[]): string {
  if (elements.length > 0 && elements.every(isPlain)) return `{"${elements.join('","')}"}`;
  return `{${elements.map(elementText).join(",")}}`;
}

function isPlain(element: unknown): boolean {
  return typeof element === "string" && !marked.test(element);
}

function elementText(element: unknown): string {
  if (element == null) return "NULL";
  if (Array.isArray(element)) return arrayText(element);
  const text = written(element);
  const marks = typeof text === "string" ? text : `\\x${text?.toString("hex")}`;
  return `"${marks.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
