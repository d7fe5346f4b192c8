import { LRUCache } from "lru-cache";
import type { Soon } from "../../kit/soon.ts";

/** What was looked up, and for how many milliseconds it may be believed at the most; longer than the cache's own life means that. */
export interface Finding<T> {
  readonly value: T;
  readonly validMs?: number | undefined;
}

/** How long, in milliseconds, a finding is believed: a revoked key works no longer than this. */
const life = 1_000;
const most = 10_000;

interface Entry<T> {
  found: Soon<T>;
  until: number;
}

/**
 * Remembers for a second what `lookUp` finds for a text, and looks it up once for all who ask at the same time. `now` gives
 * milliseconds of a clock that is never set back.
 */
export function shortCache<T>(
  lookUp: (text: string) => Promise<Finding<T>>,
  now: () => number = () => performance.now(),
): (text: string) => Soon<T> {
  const cache = new LRUCache<string, Entry<T>>({ max: most });
  return (text) => {
    const asked = now();
    const cached = cache.get(text);
    if (cached && cached.until > asked) return cached.found;
    const entry: Entry<T> = { found: find(), until: asked + life };
    cache.set(text, entry);
    return entry.found;

    async function find(): Promise<T> {
      try {
        const { value, validMs = life } = await lookUp(text);
        entry.found = value;
        entry.until = Math.min(entry.until, asked + validMs);
        if (validMs <= 0) cache.delete(text);
        return value;
      } catch (error) {
        // A failed look-up says nothing, so it is not remembered.
        cache.delete(text);
        throw error;
      }
    }
  };
}
