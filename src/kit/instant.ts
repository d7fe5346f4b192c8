const rfc3339 =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Reads an RFC 3339 date-time with its offset and gives the same instant in UTC with six fractional digits
 * (`2026-01-01T00:00:00.000000Z`): PostgreSQL's precision, finer digits are cut off. Null when it is no such text,
 * names no real day, or lies outside the years 1 to 9999. Leap seconds are refused.
 */
export function parseInstant(text: string): string | null {
  const parts = rfc3339.exec(text);
  if (!parts) return null;
  const [, date = "", time = "", fraction = "", offset = ""] = parts;
  const local = new Date(`${date}T${time}Z`);
  if (local.getUTCDate() !== Number(date.slice(8))) return null;
  const digits = fraction.slice(0, 6).padEnd(6, "0");
  if (offset === "Z" && !date.startsWith("0000")) return `${date}T${time}.${digits}Z`;
  const utc = new Date(`${date}T${time}${offset.toUpperCase()}`);
  if (utc.getUTCFullYear() < 1 || utc.getUTCFullYear() > 9999) return null;
  return `${utc.toISOString().slice(0, 19)}.${digits}Z`;
}
