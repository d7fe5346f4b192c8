/** PostgreSQL stores neither NUL nor half of a surrogate pair: names the trouble with `text`, or gives null. */
export function unstorable(text: string): string | null {
  if (text.includes("\u0000")) return "must not contain the NUL character";
  if (!text.isWellFormed()) return "must be well-formed Unicode (it has a lone surrogate)";
  return null;
}

/** Escapes `text` for a LIKE pattern whose escape character is the backslash. */
export function likeLiteral(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
