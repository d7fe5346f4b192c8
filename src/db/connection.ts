import type { Pool, PoolClient } from "pg";
import { type Claim, FairQueue, type Turn } from "../kit/fair-queue.ts";
import type { Wanted } from "./abandon.ts";
import { type Reach, platform } from "./confine.ts";
import { Overloaded } from "./unavailable.ts";

/** Who borrows a connection, and what for. */
export interface Borrower {
  readonly reach: Reach;
  readonly writes: boolean;
  /** Whether what is run on it is known to take little time. */
  readonly small: boolean;
  /** Until when it is waited for; for ever unless said. */
  readonly wanted?: Wanted | undefined;
}

/** How the connections of each pool are shared. */
const queues = new WeakMap<Pool, FairQueue>();

/** The most that wait for a connection. What asks for them is bounded before, so it is only met where something is wrong. */
const mostWaiting = 10_000;

function queueOf(pool: Pool): FairQueue {
  let queue = queues.get(pool);
  if (!queue) {
    const places = pool.options.max;
    const most = Math.ceil(places * 0.8);
    queue = new FairQueue({ places, large: most, writes: Math.ceil(places * 0.6), tenant: most });
    queues.set(pool, queue);
  }
  return queue;
}

/** How much waits for a connection of the pool. */
export function waitingFor(pool: Pool): number {
  return pool.waitingCount + queueOf(pool).waiting;
}

/**
 * Runs `work` on a connection of the pool, which tenants have in turn; gives it back when the work is done, or throws it away where
 * `isStuck` says so of what it failed with. Whoever is not wanted any more stops waiting.
 */
export async function onConnection<T>(
  pool: Pool,
  borrower: Borrower,
  isStuck: (error: unknown) => boolean,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const queue = queueOf(pool);
  const { reach, writes, small } = borrower;
  const claim: Claim = { tenant: reach === platform ? "" : reach, writes, small };
  const turn = queue.take(claim) ?? (await turnFor(queue, claim, borrower.wanted));
  try {
    const client = await pool.connect();
    let stuck = false;
    try {
      return await work(client);
    } catch (error) {
      stuck = isStuck(error);
      throw error;
    } finally {
      // The pool itself throws connections away that have died.
      client.release(stuck);
    }
  } finally {
    queue.leave(turn);
  }
}

function turnFor(queue: FairQueue, claim: Claim, wanted: Wanted | undefined): Promise<Turn> {
  if (queue.waitingLike(claim) >= mostWaiting) return Promise.reject(new Overloaded());
  return new Promise((resolve, reject) => {
    if (wanted?.reason) return reject(wanted.reason);
    const stop = (): void => {
      queue.withdraw(waiting);
      reject(wanted?.reason);
    };
    const waiting = queue.wait(claim, (turn) => {
      wanted?.done(stop);
      resolve(turn);
    });
    wanted?.begin(stop);
  });
}
