/** `value` as JSON text for the database, which reads whole numbers of any size from texts. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}
