import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import type { Soon } from "../../kit/soon.ts";
import type { Tenant } from "./environments.ts";
import { type Peppers, hashesOf, isKey, sameHash } from "./key.ts";
import { shortCache } from "./short-cache.ts";

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

/** Makes a function that finds out whose key a text is; null for a key that is malformed, unknown, expired or revoked. */
export function keyAuthenticator(executor: Executor, peppers: Peppers = [], now?: () => number): FindKey {
  return shortCache<AuthenticatedKey | null>(
    async (text) => (isKey(text) ? lookUp(executor, hashesOf(text, peppers)) : noKey),
    now,
  );
}

/** Finds out whose key a text is: at once where it was in use just now. */
export type FindKey = (text: string) => Soon<AuthenticatedKey | null>;

/** What is no key at all need not be remembered. */
const noKey = { value: null, validMs: 0 };

interface KeyRow extends AuthenticatedKey {
  readonly hash: string;
  /** How long it has left by the database's clock; null for ever. */
  readonly validMs: number | null;
}

async function lookUp(executor: Executor, hashes: readonly string[]) {
  const [row] = await executor.query<KeyRow>(Prisma.sql`
    SELECT k.hash, k.id AS "keyId", k.name AS "keyName", 'key:' || k.id AS actor, k.scopes,
           k.allowed_addresses AS "allowedAddresses", k.requests_per_minute AS "requestsPerMinute", k.burst,
           k.api_version AS "apiVersion", k.documents_only AS "documentsOnly",
           (extract(epoch FROM k.expires_at - clock_timestamp()) * 1000)::float8 AS "validMs",
           e.id AS "environmentId", e.merchant_id AS "merchantId", e.merchant_name AS "merchantName", e.livemode
    FROM api_keys k JOIN environments e ON e.id = k.environment_id
    WHERE k.hash = ANY(${hashes}::text[]) AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())`);
  if (!row || !hashes.some((hash) => sameHash(row.hash, hash))) return { value: null };
  const { hash: _, validMs, ...value } = row;
  return { value, validMs: validMs ?? undefined };
}
