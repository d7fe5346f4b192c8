import { createHash } from "node:crypto";
import { sortedJson } from "../../kit/sorted-json.ts";

/** The same text for requests that ask for the same: document, operation and variables, however they were written. */
export function requestFingerprint(
  document: string,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): string {
  return createHash("sha256")
    .update(sortedJson([document, operationName ?? null, variables]))
    .digest("hex");
}
