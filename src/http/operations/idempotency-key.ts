import { Kind, type OperationDefinitionNode } from "graphql";
import { requestError } from "../../graph/errors.ts";
import type { OperationParams, OperationRequest } from "./types.ts";

const longestKey = 255;

/** The key that makes a mutation safe to repeat: the header's, or that of `extensions.idempotencyKey`. */
export function keyOf(
  { idempotencyKey }: OperationRequest,
  { extensions }: OperationParams,
): string | undefined {
  const extension = extensions?.["idempotencyKey"];
  if (extension !== undefined && typeof extension !== "string") {
    throw requestError("INVALID_REQUEST", "extensions.idempotencyKey must be a text.");
  }
  if (idempotencyKey !== undefined && extension !== undefined && idempotencyKey !== extension) {
    throw requestError(
      "INVALID_REQUEST",
      "Idempotency-Key and extensions.idempotencyKey differ: send one of them.",
    );
  }
  const key = idempotencyKey ?? extension;
  if (key !== undefined && (key.length < 1 || key.length > longestKey || !/^[\x20-\x7E]+$/.test(key))) {
    throw requestError(
      "INVALID_REQUEST",
      `An idempotency key has 1 to ${longestKey} printable ASCII characters.`,
    );
  }
  return key;
}

/**
 * What a key counts as where gateways ask: they send the fields of one request as several, each with the request's own key.
 * So it counts for each set of fields by itself, whatever their arguments. No caller can send what this gives.
 */
export function keyOfPart(key: string, { selectionSet }: OperationDefinitionNode): string {
  const fields = selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD ? [selection.alias?.value ?? "", selection.name.value].join(":") : "...",
  );
  return `\t${JSON.stringify([key, ...fields.toSorted()])}`;
}
