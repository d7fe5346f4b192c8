import { LRUCache } from "lru-cache";

/** The types of plain answers. */
export type PlainType = "application/json" | "application/graphql-response+json";

/** What headers of usual length were found to ask for; null for what Yoga answers. */
const known = new LRUCache<string, { readonly type: PlainType | null }>({ max: 1_000 });
const usualLength = 200;

/**
 * The type of a plain answer to a request with this `Accept` header, chosen as Yoga does: the first acceptable type that the
 * caller names. Null for requests that take, or may take, something else: an event stream, parts, or nothing that there is.
 */
export function plainTypeFor(accept: string | undefined): PlainType | null {
  if (accept === undefined || accept === "*/*" || accept === "application/json") return "application/json";
  const before = known.get(accept);
  if (before) return before.type;
  const type = choose(accept);
  if (accept.length <= usualLength) known.set(accept, { type });
  return type;
}

const types: Readonly<Record<string, PlainType>> = {
  "*/*": "application/json",
  "application/*": "application/json",
  "application/json": "application/json",
  "application/graphql-response+json": "application/graphql-response+json",
};

function choose(accept: string): PlainType | null {
  const ranges = accept.toLowerCase().replaceAll(/\s/g, "").split(",");
  const chosen: (PlainType | undefined)[] = [];
  for (const range of ranges) {
    const [type = "", ...parameters] = range.split(";");
    // Whoever asks for more than plain JSON, or in another way, is answered by Yoga.
    if (parameters.some((parameter) => !/^q=[\d.]+$/.test(parameter))) return null;
    if (type.startsWith("text/") || type.startsWith("multipart/")) return null;
    chosen.push(types[type]);
  }
  return chosen.find((type) => type !== undefined) ?? null;
}
