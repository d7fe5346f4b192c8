/** `value` as JSON text for the database, which reads whole numbers of any size from texts. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Few values hold a bigint, and asking for each part whether it is one costs more than all the rest.
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
  }
}
