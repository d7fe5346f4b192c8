import { platform } from "../../db/confine.ts";
import { reader } from "../../db/reader.ts";
import {
  type Transaction,
  type TransactionHost,
  type Writer,
  isTransient,
  transact,
} from "../../db/transaction.ts";
import { advanceCredits } from "./advance-credits.ts";
import { advanceSchedules } from "./advance-schedules.ts";
import { advanceSubscriptions } from "./advance.ts";
import { billLateUsage } from "./bill-late-usage.ts";
import { type Claim, findDueEnvironments } from "./due.ts";
import { markOverdue } from "./overdue.ts";
import { watchUsage } from "./watch-usage.ts";

/** Who writes what the engine does. */
export const engineActor = "engine";

export interface RunOptions {
  readonly now: Date;
  /** Ends the run after the transaction that is open. */
  readonly signal?: AbortSignal | undefined;
  /** How many rows one transaction takes at most; 500 unless said. */
  readonly batch?: number | undefined;
  /** Told of what could not be done; all else is. */
  readonly onStuck?: ((error: unknown, rowId: string | undefined) => void) | undefined;
}

/** A kind of work; it gives how many rows it has done. */
type Work = (transaction: Transaction, claim: Claim) => Promise<number>;

/** What is done in turn until nothing of it is left. */
const kinds: readonly Work[] = [
  watchUsage,
  advanceSchedules,
  advanceSubscriptions,
  billLateUsage,
  markOverdue,
  advanceCredits,
];

/**
 * Does all that is due by real time, in all environments: what one run leaves, or one that was killed had not committed, the
 * next one finds. Several may run at once. Gives how many steps there were.
 */
export async function runDue(host: TransactionHost, options: RunOptions): Promise<number> {
  let steps = 0;
  for (const environmentId of await findDueEnvironments(reader(host, platform), options.now)) {
    // One after the other: they have the connections in common.
    // eslint-disable-next-line no-await-in-loop
    steps += await runEnvironment(host, environmentId, options);
  }
  return steps;
}

/** Looks at what was used in an environment since somebody last did, as `runDue` does among all else. Gives how many marks there were. */
export function runUsage(host: TransactionHost, environmentId: string, options: RunOptions): Promise<number> {
  return drain(host, environmentId, watchUsage, [], options);
}

async function runEnvironment(
  host: TransactionHost,
  environmentId: string,
  options: RunOptions,
): Promise<number> {
  const stuck: string[] = [];
  let steps = 0;
  for (let before = -1; before !== steps;) {
    before = steps;
    for (const work of kinds) {
      // eslint-disable-next-line no-await-in-loop
      steps += await drain(host, environmentId, work, stuck, options);
    }
  }
  return steps;
}

/**
 * Does one kind of work in batches until none is left. A batch that fails is tried again at half its size, down to the one
 * row that is to blame: that is left alone, and stays due.
 */
async function drain(
  host: TransactionHost,
  environmentId: string,
  work: Work,
  stuck: string[],
  { now, signal, batch = 500, onStuck }: RunOptions,
): Promise<number> {
  const writer: Writer = { environmentId, actor: engineActor, requestId: null, now };
  let steps = 0;
  let limit = batch;
  let claimed: readonly string[] = [];
  const onClaim = (ids: readonly string[]): void => void (claimed = ids);
  while (!signal?.aborted) {
    try {
      const claim: Claim = { clockId: null, now, limit, except: stuck, onClaim };
      // eslint-disable-next-line no-await-in-loop
      const done = await transact(host, writer, (transaction) => work(transaction, claim));
      if (done === 0) break;
      steps += done;
      limit = batch;
    } catch (error) {
      if (isTransient(error) || claimed.length === 0) throw error;
      if (claimed.length === 1) {
        stuck.push(...claimed);
        onStuck?.(error, claimed[0]);
        limit = batch;
      } else {
        limit = Math.ceil(claimed.length / 2);
      }
    }
  }
  return steps;
}
