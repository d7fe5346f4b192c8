import { LRUCache } from "lru-cache";
import { type TakeTokens, take } from "./bucket.ts";

/** How many buckets are remembered. Beyond that the one that was longest unused is forgotten: nearly always it is full again by then. */
const most = 50_000;

/** Buckets of this process alone. */
export function memoryBuckets(now: () => number = Date.now): TakeTokens {
  const fullAt = new LRUCache<string, number>({ max: most });
  return (name, bucket, tokens) => {
    const at = now();
    const { taken, fullAt: next } = take(bucket, fullAt.get(name) ?? 0, at, tokens);
    fullAt.set(name, next);
    return taken;
  };
}
