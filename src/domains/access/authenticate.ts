import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";
import { hashKey, isKey, sameHash } from "./key.ts";

/** A key that is in force, with the environment it belongs to. */
export interface AuthenticatedKey {
  readonly keyId: string;
  readonly keyName: string;
  readonly scopes: readonly string[];
  readonly environmentId: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly livemode: boolean;
}

/** How long, in milliseconds, a key may be believed after it was looked up: a revoked one works no longer than this. */
const cacheLife = 1_000;
const cacheSize = 10_000;

/** Makes a function that finds out whose key a text is; null for a key that is malformed, unknown or revoked. */
export function keyAuthenticator(executor: Executor, now: () => number = Date.now) {
  const cache = new Map<string, { readonly key: Promise<AuthenticatedKey | null>; readonly until: number }>();
  return (text: string): Promise<AuthenticatedKey | null> => {
    if (!isKey(text)) return Promise.resolve(null);
    const hash = hashKey(text);
    const cached = cache.get(hash);
    if (cached && cached.until > now()) return cached.key;
    if (cache.size >= cacheSize) cache.clear();
    const key = lookUp(executor, hash);
    // A failed look-up says nothing about the key, so it is not remembered.
    key.catch(() => cache.delete(hash));
    cache.set(hash, { key, until: now() + cacheLife });
    return key;
  };
}

async function lookUp(executor: Executor, hash: string): Promise<AuthenticatedKey | null> {
  const [row] = await executor.query<AuthenticatedKey & { hash: string }>(Prisma.sql`
    SELECT k.hash, k.id AS "keyId", k.name AS "keyName", k.scopes, e.id AS "environmentId",
           e.merchant_id AS "merchantId", e.merchant_name AS "merchantName", e.livemode
    FROM api_keys k JOIN environments e ON e.id = k.environment_id
    WHERE k.hash = ${hash} AND k.revoked_at IS NULL`);
  if (!row || !sameHash(row.hash, hash)) return null;
  const { hash: _, ...key } = row;
  return key;
}
