import { LRUCache } from "lru-cache";
import type { Executor } from "../../db/executor.ts";
import { Prisma } from "../../db/generated/prisma/client.ts";

/**
 * Makes a function that notes that a key is in use, at most once a minute for each, and that nobody need wait for. A note
 * that cannot be written is lost: the next one comes a minute later. `now` gives milliseconds.
 */
export function useRecorder(executor: Executor, now: () => number = () => performance.now()) {
  const noted = new LRUCache<string, true>({ max: 10_000, ttl: 60_000, perf: { now }, ttlResolution: 0 });
  return ({ environmentId, keyId }: { readonly environmentId: string; readonly keyId: string }): void => {
    if (noted.has(keyId)) return;
    noted.set(keyId, true);
    const write = Prisma.sql`
      UPDATE api_keys SET last_used_at = clock_timestamp()
      WHERE environment_id = ${environmentId}::uuid AND id = ${keyId}::uuid
        AND (last_used_at IS NULL OR last_used_at <= clock_timestamp() - interval '1 minute')`;
    executor.query(write).catch(() => {});
  };
}
