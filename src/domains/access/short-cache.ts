import { LRUCache } from "lru-cache";
import type { Soon } from "../../kit/soon.ts";

/** What was looked up, and for how many milliseconds it may be believed at the most; longer than the cache's own life means that. */
export interface Finding<T> {
  readonly value: T | null;
  readonly validMs?: number | undefined;
}

/** Finds what a text stands for. `known` says that it stood for something before. */
export type LookUp<T> = (text: string, known: boolean) => Promise<Finding<T>>;

/** How long, in milliseconds, a finding is believed: a revoked key works no longer than this. */
const life = 1_000;

/** How many texts are remembered that stand for something, and, apart from them, that do not: whoever invents some drives out none that is good. */
const mostFound = 10_000;
const mostMissed = 1_000;

interface Entry<T> {
  readonly value: T | null;
  readonly until: number;
}

/**
 * Remembers for a second what `lookUp` finds for a text, and looks it up once for all who ask at the same time. `now` gives
 * milliseconds of a clock that is never set back.
 */
export function shortCache<T>(
  lookUp: LookUp<T>,
  now: () => number = () => performance.now(),
): (text: string) => Soon<T | null> {
  const found = new LRUCache<string, Entry<T>>({ max: mostFound });
  const missed = new LRUCache<string, Entry<T>>({ max: mostMissed });
  // As many as `lookUp` lets wait.
  const underWay = new Map<string, Promise<T | null>>();

  async function find(text: string, known: boolean): Promise<T | null> {
    const asked = now();
    try {
      const { value, validMs = life } = await lookUp(text, known);
      const entry = { value, until: asked + Math.min(life, validMs) };
      if (value === null) found.delete(text);
      (value === null ? missed : found).set(text, entry);
      return value;
    } finally {
      // A failed look-up says nothing, so it is not remembered.
      underWay.delete(text);
    }
  }

  return (text) => {
    const before = found.get(text);
    const entry = before ?? missed.get(text);
    if (entry && entry.until > now()) return entry.value;
    const others = underWay.get(text);
    if (others) return others;
    const finding = find(text, before !== undefined);
    underWay.set(text, finding);
    return finding;
  };
}
