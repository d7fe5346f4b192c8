/** A JSON value as text with the keys of its objects sorted by their UTF-16 code units, so that reordered ones read the same. */
export function sortedJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  const entries = Object.entries(value).toSorted(([one], [other]) =>
    one < other ? -1 : one > other ? 1 : 0,
  );
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${sortedJson(part)}`).join(",")}}`;
}
