import { hash as digestOf } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { requestError } from "../../graph/errors.ts";
import type { Soon } from "../../kit/soon.ts";
import type { Admission } from "../context.ts";
import { type DocumentReference, referenceOf } from "./persisted-reference.ts";
import type { OperationParams } from "./types.ts";

/** The document that a request runs. */
export interface WantedDocument {
  readonly text: string;
  /** Whether it is registered for the environment. */
  readonly registered?: boolean;
  /** Keeps the document for requests that name it by its hash; to be called when it has turned out to be valid. */
  readonly keep?: (() => void) | undefined;
}

/** Whose request it is. */
type Asker = Pick<Admission, "viewer" | "documentsOnly">;

/**
 * Finds the document that a request sends, or names by its hash. Throws PERMISSION_DENIED for a key that runs registered
 * documents only when it is none, and PERSISTED_DOCUMENT_NOT_FOUND or PERSISTED_QUERY_NOT_FOUND for a hash that is not known.
 */
export type FindDocument = (params: OperationParams, asker: Asker) => Soon<WantedDocument>;

/** How many characters of documents are kept at the most, of registered ones and of others each. */
const keptCharacters = 5_000_000;

/** How long, in milliseconds, a registered document is believed to be registered still. */
const registeredMs = 10_000;

/**
 * Finds registered documents in the database, and automatic persisted queries in the memory of this process. `now` gives
 * milliseconds of a clock that is never set back.
 */
export function documentFinder(
  executor: Executor,
  now: () => number = () => performance.now(),
): FindDocument {
  const size = { maxSize: keptCharacters, sizeCalculation: (text: string) => text.length + 100 };
  const automatic = new LRUCache<string, string>(size);
  const registered = new LRUCache<string, string, DocumentKey>({
    ...size,
    ttl: registeredMs,
    ttlResolution: 0,
    perf: { now },
    fetchMethod: (_key, _stale, { context }) => readDocument(executor, context),
  });
  const findRegistered = (key: DocumentKey) => registered.fetch(nameOf(key), { context: key });

  const find = async (
    params: OperationParams,
    reference: DocumentReference | null,
    { viewer: { environmentId }, documentsOnly }: Asker,
  ): Promise<WantedDocument> => {
    const sent = sentDocument(params, reference);
    if (sent) {
      const { text, hash } = sent;
      const key = { environmentId, hash };
      if (!documentsOnly) {
        return { text, keep: reference?.automatic ? () => void automatic.set(nameOf(key), text) : undefined };
      }
      if (await findRegistered(key)) return { text, registered: true };
      throw denied(hash);
    }
    if (!reference)
      throw requestError("INVALID_REQUEST", "Send a GraphQL document as query, or its documentId.");
    const key = { environmentId, hash: reference.hash };
    const known = reference.automatic && !documentsOnly ? automatic.get(nameOf(key)) : undefined;
    if (known !== undefined) return { text: known };
    const text = await findRegistered(key);
    if (text !== undefined) return { text, registered: true };
    throw documentsOnly ? denied(reference.hash) : notFound(reference);
  };
  return (params, asker) => {
    const reference = referenceOf(params);
    if (!reference && !asker.documentsOnly && params.query) return { text: params.query };
    return find(params, reference, asker);
  };
}

/** The document in `query` with its hash; null when there is none. Throws INVALID_REQUEST when it is not what is named. */
function sentDocument({ query }: OperationParams, reference: DocumentReference | null) {
  if (typeof query !== "string" || !query) return null;
  const digest = digestOf("sha256", query);
  if (!reference || reference.hash === digest) return { text: query, hash: digest };
  throw requestError("INVALID_REQUEST", "The hash that names the document is not the SHA-256 of query.");
}

function denied(hash: string) {
  return requestError(
    "PERMISSION_DENIED",
    `This key runs registered documents only, and sha256:${hash} is not registered.`,
  );
}

function notFound({ hash, automatic }: DocumentReference) {
  // Apollo's clients know this error by its message, and send the document.
  if (automatic) return requestError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
  return requestError("PERSISTED_DOCUMENT_NOT_FOUND", `The document sha256:${hash} is not registered.`);
}

interface DocumentKey {
  readonly environmentId: string;
  readonly hash: string;
}

function nameOf({ environmentId, hash }: DocumentKey): string {
  return `${environmentId}/${hash}`;
}

async function readDocument(
  executor: Executor,
  { environmentId, hash }: DocumentKey,
): Promise<string | undefined> {
  const [row] = await executor.query<{ text: string }>(Prisma.sql`
    SELECT t.text FROM persisted_documents t WHERE t.environment_id = ${environmentId}::uuid AND t.hash = ${hash}`);
  return row?.text;
}
