import type { Job, Queue } from "pg-boss";
import type { TransactionHost } from "../db/transaction.ts";
import { platform } from "../db/confine.ts";
import { reader } from "../db/reader.ts";
import {
  type ClockReference,
  advanceClock,
  engineActor,
  findAdvancingClocks,
  runDue,
  runUsage,
} from "../domains/engine/index.ts";
import { makePartitions } from "../domains/usage/index.ts";

/** What a job works with. */
export interface JobTools {
  readonly host: TransactionHost;
  /** Aborts when the job is to leave the rest to another one. */
  readonly signal: AbortSignal;
  /** Told of what could not be done. */
  readonly onStuck: (error: unknown, what: string | undefined) => void;
}

/** A queue and what is done with its jobs. */
export interface Work {
  readonly queue: Queue;
  /** How often a job comes by itself, in cron's notation. */
  readonly every?: string;
  readonly run: (job: Pick<Job<unknown>, "data">, tools: JobTools) => Promise<void>;
}

/** For how long a job works before it leaves the rest to the next one, in milliseconds. */
export const longestRunMs = 4 * 60_000;

/** A job that has not ended by then was cut short; the next one does what it left undone. */
const expireInSeconds = (2 * longestRunMs) / 1_000;

/** What is left undone is found by the next run, so no job is repeated, and none is kept for long. */
const queue = { policy: "short", retryLimit: 0, expireInSeconds, deleteAfterSeconds: 3_600 } as const;

/** All queues. Of jobs that are the same only one waits at a time. */
export const works: readonly Work[] = [
  {
    queue: { ...queue, name: "billing" },
    every: "* * * * *",
    run: async (_, { host, signal, onStuck }) => {
      await runDue(host, { now: new Date(), signal, onStuck });
      for (const clock of await findAdvancingClocks(reader(host, platform))) {
        // A clock that cannot go on must not keep the others from it.
        // eslint-disable-next-line no-await-in-loop
        await advance(clock, { host, signal, onStuck }).catch((error: unknown) =>
          onStuck(error, clock.clockId),
        );
      }
    },
  },
  {
    queue: { ...queue, name: "clocks" },
    run: async ({ data }, { host, signal, onStuck }) => {
      const clock = data as ClockReference;
      await advance(clock, { host, signal, onStuck }).catch((error: unknown) =>
        onStuck(error, clock.clockId),
      );
    },
  },
  {
    queue: { ...queue, name: "usage" },
    run: async ({ data }, { host, signal, onStuck }) => {
      const { environmentId } = data as { readonly environmentId: string };
      await runUsage(host, environmentId, { now: new Date(), signal, onStuck });
    },
  },
  {
    queue: { ...queue, name: "usage-partitions" },
    every: "20 3 * * *",
    run: async (_, { host }) => void (await makePartitions(reader(host, platform), new Date())),
  },
];

async function advance(
  { environmentId, clockId }: ClockReference,
  { host, signal, onStuck }: JobTools,
): Promise<void> {
  const writer = { environmentId, actor: engineActor, requestId: null, now: new Date() };
  await advanceClock(host, writer, clockId, signal, onStuck);
}
