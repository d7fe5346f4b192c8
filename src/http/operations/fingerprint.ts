import { createHash } from "node:crypto";
import type { Viewer } from "../../graph/context.ts";
import { sortedJson } from "../../kit/sorted-json.ts";

/**
 * The same text for requests that ask for the same: document, operation and variables, however they were written, by the same key or
 * subject, with the same scopes. What one of them may see is not for others.
 */
export function requestFingerprint(
  { actor, scopes }: Pick<Viewer, "actor" | "scopes">,
  document: string,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): string {
  return createHash("sha256")
    .update(sortedJson([actor, scopes.toSorted(), document, operationName ?? null, variables]))
    .digest("hex");
}
