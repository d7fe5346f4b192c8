import { setTimeout as pause } from "node:timers/promises";
import { type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { isPassing } from "../../db/unavailable.ts";
import { moveOn } from "./move-on.ts";

/** How many rows of each kind one transaction takes at most. */
const batch = 200;
/** How often to look again for what others hold, in milliseconds after the first time: twice as long each time, up to a second. */
const waits = { firstMs: 20, mostMs: 1_000, most: 10 };

/**
 * Moves a test clock on to where it is going: from one instant at which something is due to the next, each in a transaction
 * of its own, so that it can be cut short and goes on from there. Several may try at once; they take turns. What another request holds is
 * waited for, some seconds at most. A row that cannot be done is told to `onStuck`, and left behind; without it, its error is thrown.
 * Gives whether the clock has arrived before `signal` ended it.
 */
export async function advanceClock(
  host: TransactionHost,
  writer: Writer,
  clockId: string,
  signal: AbortSignal,
  onStuck?: (error: unknown, id: string) => void,
): Promise<boolean> {
  const stuck: string[] = [];
  let limit = batch;
  for (let waited = 0; waited < waits.most && !signal.aborted;) {
    let claimed: readonly string[] = [];
    // Rows are claimed kind by kind, and each kind is done before the next one is claimed.
    const onClaim = (ids: readonly string[]): void => void (claimed = ids.length ? ids : claimed);
    const claim = { clockId, limit, except: stuck, onClaim };
    /* oxlint-disable no-await-in-loop */
    try {
      const moved = await transact(host, writer, (transaction) => moveOn(transaction, claim));
      if (moved === "ARRIVED") return true;
      if (Array.isArray(moved)) stuck.push(...moved);
      const waiting = moved === "HELD";
      if (waiting) await pause(Math.min(waits.firstMs * 2 ** waited, waits.mostMs), undefined, { signal });
      waited = waiting ? waited + 1 : 0;
      limit = batch;
    } catch (error) {
      if (signal.aborted) return false;
      if (!onStuck || isPassing(error) || !claimed.length) throw error;
      if (claimed.length > 1) {
        limit = Math.ceil(claimed.length / 2);
        continue;
      }
      stuck.push(...claimed);
      onStuck(error, claimed[0] ?? "");
      limit = batch;
    }
    /* oxlint-enable no-await-in-loop */
  }
  if (signal.aborted) return false;
  const error = new Error(`nothing can be done of what is due on the clock ${clockId}: others may hold it`);
  if (!onStuck) throw error;
  onStuck(error, clockId);
  return false;
}
