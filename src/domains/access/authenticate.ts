import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Soon } from "../../kit/soon.ts";
import { inBatches } from "./batches.ts";
import type { Tenant } from "./environments.ts";
import { type Peppers, hashesOf, isKey } from "./key.ts";
import { type Finding, shortCache } from "./short-cache.ts";

/** Who asks, and what that one may do: what an API key and an access token have in common. */
export interface Credential extends Tenant {
  /** The id of the key, or `oauth:` with the subject of the token. */
  readonly keyId: string;
  readonly keyName: string;
  /** Who writes, as it stands in `createdBy` and `updatedBy`: `key:` with the key's id, or `oauth:` with the subject. */
  readonly actor: string;
  readonly scopes: readonly string[];
  /** The version of the API for requests that name none. */
  readonly apiVersion: string;
  /** Whether it runs registered documents only. */
  readonly documentsOnly: boolean;
  /** How many requests a minute, and how many at once; null for what the mode of the environment has. */
  readonly requestsPerMinute: number | null;
  readonly burst: number | null;
}

/** A key that is in force, with the environment it belongs to. */
export interface AuthenticatedKey extends Credential {
  /** The networks that it may be used from; empty for anywhere. */
  readonly allowedAddresses: readonly string[];
}

/** Keys that were good a moment ago are looked up apart from all others: anybody can invent keys of the right form, and as many as he likes. */
const limits = { atOnce: 200, waiting: 1_000 };

/**
 * Makes a function that finds out whose key a text is; null for a key that is malformed, unknown, expired or revoked. It rejects with
 * `Overloaded` when more keys than can be looked up come at once.
 */
export function keyAuthenticator(executor: Executor, peppers: Peppers = [], now?: () => number): FindKey {
  const lookUpAll = (texts: readonly string[]) => lookUp(executor, texts, peppers);
  const [goodBefore, others] = [inBatches(lookUpAll, limits), inBatches(lookUpAll, limits)];
  const find = shortCache<AuthenticatedKey>(
    async (text, known) => (await (known ? goodBefore : others)(text)) ?? { value: null },
    now,
  );
  return (text) => (isKey(text) ? find(text) : null);
}

/** Finds out whose key a text is: at once where it was in use just now. */
export type FindKey = (text: string) => Soon<AuthenticatedKey | null>;

interface KeyRow extends AuthenticatedKey {
  readonly hash: string;
  /** How long it has left by the database's clock; null for ever. */
  readonly validMs: number | null;
}

/** What is found of the keys that there are. */
async function lookUp(
  executor: Executor,
  texts: readonly string[],
  peppers: Peppers,
): Promise<ReadonlyMap<string, Finding<AuthenticatedKey>>> {
  const hashes = new Map(texts.map((text) => [text, hashesOf(text, peppers)]));
  const rows = await executor.query<KeyRow>(Prisma.sql`
    SELECT k.hash, k.id AS "keyId", k.name AS "keyName", 'key:' || k.id AS actor, k.scopes,
           k.allowed_addresses AS "allowedAddresses", k.requests_per_minute AS "requestsPerMinute", k.burst,
           k.api_version AS "apiVersion", k.documents_only AS "documentsOnly",
           (extract(epoch FROM k.expires_at - clock_timestamp()) * 1000)::float8 AS "validMs",
           e.id AS "environmentId", e.merchant_id AS "merchantId", e.merchant_name AS "merchantName", e.livemode
    FROM api_keys k JOIN environments e ON e.id = k.environment_id
    WHERE k.hash = ANY(${[...hashes.values()].flat()}::text[]) AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())`);
  const found = new Map(
    rows.map(({ hash, validMs, ...value }) => [hash, { value, validMs: validMs ?? undefined }]),
  );
  const entries = texts.flatMap((text) => {
    const hash = hashes.get(text)?.find((one) => found.has(one));
    return hash === undefined ? [] : [[text, found.get(hash)!] as const];
  });
  return new Map(entries);
}
