import { Overloaded } from "../../db/unavailable.ts";

/** How much is looked up by one statement, and how much waits for the next one before more is refused. */
export interface BatchLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

interface Waiting<T> {
  readonly resolve: (found: T | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks texts up together: one statement is under way at a time, and all that come meanwhile share the next. However many come, they
 * take one connection. Throws `Overloaded` when too many wait.
 */
export function inBatches<T>(
  lookUpAll: (texts: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  { atOnce, waiting: most }: BatchLimits,
): (text: string) => Promise<T | undefined> {
  const waiting = new Map<string, Waiting<T>[]>();
  let count = 0;
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.size) {
      const batch = [...waiting].slice(0, atOnce);
      for (const [text, askers] of batch) {
        waiting.delete(text);
        count -= askers.length;
      }
      // oxlint-disable-next-line no-await-in-loop -- one statement after the other
      await answer(batch);
    }
    running = false;
  }

  async function answer(batch: readonly [string, Waiting<T>[]][]): Promise<void> {
    try {
      const found = await lookUpAll(batch.map(([text]) => text));
      for (const [text, askers] of batch) for (const { resolve } of askers) resolve(found.get(text));
    } catch (error) {
      for (const [, askers] of batch) for (const { reject } of askers) reject(error);
    }
  }

  return (text) =>
    new Promise((resolve, reject) => {
      if (count >= most) return reject(new Overloaded());
      const asker = { resolve, reject };
      const others = waiting.get(text);
      if (others) others.push(asker);
      else waiting.set(text, [asker]);
      count++;
      if (!running) void run();
    });
}
