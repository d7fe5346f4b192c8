import { requestError } from "../../graph/errors.ts";
import type { OperationParams } from "./types.ts";

/** How a request names a document instead of sending it. */
export interface DocumentReference {
  /** Lower-case hexadecimal SHA-256 of the document's text. */
  readonly hash: string;
  /** Whether the caller sends the text when the hash is not known: an automatic persisted query. */
  readonly automatic: boolean;
}

const hashShape = /^[0-9a-f]{64}$/;
const prefix = "sha256:";

/** Whether a request names a document, well or not. */
export function namesDocument({ documentId, extensions }: OperationParams): boolean {
  return documentId != null || extensions?.["persistedQuery"] != null;
}

/**
 * What a request names by `documentId`, as GraphQL over HTTP has it, or by `extensions.persistedQuery`, as Apollo's clients
 * do; null when it names none. Throws INVALID_REQUEST for what is neither.
 */
export function referenceOf(params: OperationParams): DocumentReference | null {
  const byId = params.documentId == null ? null : hashOfId(params.documentId);
  const query = params.extensions?.["persistedQuery"];
  const byQuery = query == null ? null : hashOfQuery(query);
  if (byId && byQuery && byId !== byQuery) {
    throw requestError(
      "INVALID_REQUEST",
      "documentId and extensions.persistedQuery name different documents.",
    );
  }
  const hash = byId ?? byQuery;
  return hash === null ? null : { hash, automatic: byId === null };
}

function hashOfId(id: unknown): string {
  const hash = typeof id === "string" && id.startsWith(prefix) ? id.slice(prefix.length) : "";
  if (hashShape.test(hash)) return hash;
  throw requestError(
    "INVALID_REQUEST",
    "documentId must be sha256: and the SHA-256 of the document as 64 lower-case hexadecimal digits.",
  );
}

function hashOfQuery(query: unknown): string {
  const { version, sha256Hash: hash } = query as { version?: unknown; sha256Hash?: unknown };
  if (version === 1 && typeof hash === "string" && hashShape.test(hash)) return hash;
  throw requestError(
    "INVALID_REQUEST",
    "extensions.persistedQuery must be { version: 1, sha256Hash } with 64 lower-case hexadecimal digits.",
  );
}
