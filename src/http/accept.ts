/** The types of plain answers. */
export type PlainType = "application/json" | "application/graphql-response+json";

const known = new Map<string, PlainType | null>();
const mostKnown = 1_000;

/**
 * The type of a plain answer to a request with this `Accept` header, chosen as Yoga does: the first acceptable type that the
 * caller names. Null for requests that take, or may take, something else: an event stream, parts, or nothing that there is.
 */
export function plainTypeFor(accept: string | undefined): PlainType | null {
  if (accept === undefined || accept === "*/*" || accept === "application/json") return "application/json";
  let type = known.get(accept);
  if (type === undefined) {
    type = choose(accept);
    if (known.size < mostKnown) known.set(accept, type);
  }
  return type;
}

const types: ReadonlyMap<string, PlainType> = new Map([
  ["*/*", "application/json"],
  ["application/*", "application/json"],
  ["application/json", "application/json"],
  ["application/graphql-response+json", "application/graphql-response+json"],
]);

function choose(accept: string): PlainType | null {
  const ranges = accept.toLowerCase().replaceAll(/\s/g, "").split(",");
  const chosen: (PlainType | undefined)[] = [];
  for (const range of ranges) {
    const [type = "", ...parameters] = range.split(";");
    // Whoever asks for more than plain JSON, or in another way, is answered by Yoga.
    if (parameters.some((parameter) => !/^q=[\d.]+$/.test(parameter))) return null;
    if (type.startsWith("text/") || type.startsWith("multipart/")) return null;
    chosen.push(types.get(type));
  }
  return chosen.find((type) => type !== undefined) ?? null;
}
