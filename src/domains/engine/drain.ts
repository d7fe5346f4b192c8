import { type Transaction, type TransactionHost, type Writer, transact } from "../../db/transaction.ts";
import { isPassing } from "../../db/unavailable.ts";
import type { Claim } from "./due.ts";

/** Who writes what the engine does. */
export const engineActor = "engine";

/** A kind of work; it gives how many rows it has done. */
export type Work = (transaction: Transaction, claim: Claim) => Promise<number>;

export interface DrainOptions {
  readonly now: Date;
  /** Ends the work after the transaction that is open. */
  readonly signal?: AbortSignal | undefined;
  /** How many rows one transaction takes at most; 500 unless said. */
  readonly batch?: number | undefined;
  /** Told of what could not be done; all else is. */
  readonly onStuck?: ((error: unknown, id: string | undefined) => void) | undefined;
}

/** An environment in which work is done, and what came of it so far in this run. */
export interface Place {
  readonly environmentId: string;
  /** Rows that are left alone, because they are to blame for a batch that failed. */
  readonly stuck: string[];
  /** Kinds of work that failed as a whole. */
  readonly failed: Set<Work>;
  /** How many rows the next transaction takes at most. */
  limit: number;
  steps: number;
}

/** So many rows are left alone in one run; where there are more, something else is to blame. */
const mostStuck = 1_000;

export function placeOf(environmentId: string, { batch = 500 }: DrainOptions): Place {
  return { environmentId, stuck: [], failed: new Set(), limit: batch, steps: 0 };
}

/**
 * Does one kind of work in batches, until none is left or there were `batches`. A batch that fails is tried again at half its size,
 * down to the one row that is to blame: that is left alone, and stays due. A passing trouble of the database is no row's fault: it is
 * thrown, and fewer rows are taken the next time.
 */
export async function drain(
  host: TransactionHost,
  place: Place,
  work: Work,
  options: DrainOptions,
  batches = Infinity,
): Promise<void> {
  const { now, signal, batch = 500, onStuck } = options;
  const { environmentId, stuck } = place;
  const writer: Writer = { environmentId, actor: engineActor, requestId: null, now };
  for (let done = 0; done < batches && !signal?.aborted;) {
    let claimed: readonly string[] = [];
    const onClaim = (ids: readonly string[]): void => void (claimed = ids);
    const claim: Claim = { clockId: null, now, limit: place.limit, except: stuck, onClaim };
    try {
      // eslint-disable-next-line no-await-in-loop
      const steps = await transact(host, writer, (transaction) => work(transaction, claim));
      if (steps === 0) return;
      place.steps += steps;
      place.limit = batch;
      done++;
    } catch (error) {
      if (claimed.length > 1) place.limit = Math.ceil(claimed.length / 2);
      if (isPassing(error) || claimed.length === 0 || stuck.length === mostStuck) throw error;
      if (claimed.length > 1) continue;
      stuck.push(...claimed);
      onStuck?.(error, claimed[0]);
      place.limit = batch;
    }
  }
}
