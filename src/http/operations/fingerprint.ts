import { createHash } from "node:crypto";

/** `value` as JSON with the keys of its objects in one order, so that reordered requests read the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(
      Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
    );
  });
}

/** The same for requests that ask for the same: document, operation and variables, however they were written. */
export function requestFingerprint(
  document: string,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): string {
  return createHash("sha256")
    .update(canonicalJson([document, operationName ?? null, variables]))
    .digest("hex");
}
