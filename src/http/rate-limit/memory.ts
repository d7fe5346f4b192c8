import { type TakeTokens, take } from "./bucket.ts";

/** How many buckets are remembered before those that are full again are forgotten. */
const many = 10_000;

/** Buckets of this process alone. */
export function memoryBuckets(now: () => number = Date.now): TakeTokens {
  const fullAt = new Map<string, number>();
  return (name, bucket, tokens) => {
    const at = now();
    const { taken, fullAt: next } = take(bucket, fullAt.get(name) ?? 0, at, tokens);
    fullAt.set(name, next);
    if (fullAt.size > many) {
      for (const [one, instant] of fullAt) if (instant <= at) fullAt.delete(one);
    }
    return taken;
  };
}
