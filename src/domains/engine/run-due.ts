import { setTimeout as pause } from "node:timers/promises";
import { platform } from "../../db/confine.ts";
import { reader } from "../../db/reader.ts";
import type { TransactionHost } from "../../db/transaction.ts";
import { isPassing } from "../../db/unavailable.ts";
import { advanceCredits } from "./advance-credits.ts";
import { advanceSchedules } from "./advance-schedules.ts";
import { advanceSubscriptions } from "./advance.ts";
import { billLateUsage } from "./bill-late-usage.ts";
import { type DrainOptions, type Place, type Work, drain, placeOf } from "./drain.ts";
import { findDueEnvironments } from "./due.ts";
import { markOverdue } from "./overdue.ts";
import { watchUsage } from "./watch-usage.ts";

export interface RunOptions extends DrainOptions {
  /** Told of the rows, and of the environments, that could not be done; without an id, of all that is left. */
  readonly onStuck?: DrainOptions["onStuck"];
  /** How long to wait when the database is in trouble, in milliseconds: at first, and twice as long each time. 250 unless said. */
  readonly backOffMs?: number | undefined;
}

/** What is done in turn until nothing of it is left. */
const kinds: readonly Work[] = [
  watchUsage,
  advanceSchedules,
  advanceSubscriptions,
  billLateUsage,
  markOverdue,
  advanceCredits,
];

/** How many batches of each kind an environment does before it is the others' turn. */
const batchesInTurn = 4;
/** How often in a row the database may be in trouble until the rest is left to the next run. */
const mostFaults = 6;

/**
 * Does all that is due by real time, in all environments: what one run leaves, or one that was killed had not committed, the
 * next one finds. Several may run at once. Environments take turns, and what fails in one leaves all else alone. Gives how many steps
 * there were.
 */
export async function runDue(host: TransactionHost, options: RunOptions): Promise<number> {
  const { now, signal, onStuck, backOffMs = 250 } = options;
  const due = await findDueEnvironments(reader(host, platform), now);
  const places = due.map((environmentId) => placeOf(environmentId, options));
  let waiting = places;
  for (let faults = 0; waiting.length && !signal?.aborted;) {
    const again: Place[] = [];
    for (const place of waiting) {
      if (signal?.aborted) break;
      // One after the other: they have the connections in common.
      /* oxlint-disable no-await-in-loop */
      const fault = await takeTurn(host, place, options);
      if (fault === null) continue;
      again.push(place);
      if (fault === undefined) faults = 0;
      else if (++faults === mostFaults) {
        onStuck?.(fault, waiting.length === 1 ? place.environmentId : undefined);
        return stepsOf(places);
      } else await pause(backOffMs * 2 ** (faults - 1), undefined, { signal }).catch(() => {});
      /* oxlint-enable no-await-in-loop */
    }
    waiting = again;
  }
  return stepsOf(places);
}

/** Looks at what was used in an environment since somebody last did, as `runDue` does among all else. Gives how many marks there were. */
export async function runUsage(
  host: TransactionHost,
  environmentId: string,
  options: RunOptions,
): Promise<number> {
  const place = placeOf(environmentId, options);
  await drain(host, place, watchUsage, options);
  return place.steps;
}

/**
 * Does some of what is due in an environment. A kind of work that fails is told, and left out of this run. Gives null when nothing is left
 * for another turn, undefined when there may be, and a passing trouble of the database that ended the turn.
 */
async function takeTurn(host: TransactionHost, place: Place, options: RunOptions): Promise<unknown> {
  const { environmentId, failed, steps: before } = place;
  for (const work of kinds) {
    if (failed.has(work)) continue;
    try {
      // eslint-disable-next-line no-await-in-loop
      await drain(host, place, work, options, batchesInTurn);
    } catch (error) {
      if (isPassing(error)) return error;
      failed.add(work);
      options.onStuck?.(error, environmentId);
    }
  }
  return place.steps === before ? null : undefined;
}

function stepsOf(places: readonly Place[]): number {
  return places.reduce((all, { steps }) => all + steps, 0);
}
