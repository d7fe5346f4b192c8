import type { Database } from "../db/database.ts";
import type { Backlog } from "../db/outbox.ts";
import { Prisma } from "../db/generated/prisma/client.ts";
import type { Executor } from "../db/executor.ts";
import type { TransactionHost } from "../db/transaction.ts";
import { createBoss, through } from "./boss.ts";
import { grantQueues } from "./grants.ts";
import { longestRunMs, works } from "./queues.ts";

export interface JobsOptions {
  readonly database: Database & TransactionHost;
  /** Whether this process does jobs; if not, it only puts them into their queues. */
  readonly works: boolean;
  readonly onError: (error: unknown, message: string) => void;
}

/** The queues of jobs, and the worker of this process if it has one. */
export interface Jobs {
  /** Puts jobs into their queues as a part of a transaction. */
  readonly enqueue: NonNullable<TransactionHost["enqueue"]>;
  /** How much the last run of what is due could not do. It is tried again by each run. */
  leftUndone(): number;
  /** What is wrong with the worker; null when nothing is, or there is none here. */
  check(): string | null;
  /** Lets jobs under way come to the end of their transactions, and takes no more. */
  stop(): Promise<void>;
}

/** How often a worker looks for jobs, in seconds, and after how long without looking something is wrong. */
const lookEverySeconds = 2;
const silentMs = 60_000;

/** Prepares the queues, and starts to work if this process is to. */
export async function startJobs({ database, works: working, onError }: JobsOptions): Promise<Jobs> {
  const boss = createBoss(database, working);
  boss.on("error", (error) => onError(error, "the job queue failed"));
  await boss.start();
  for (const { queue, every } of works) {
    // In turn: each makes tables of its own.
    /* oxlint-disable no-await-in-loop */
    await boss.createQueue(queue.name, queue);
    // It knows the queue from now on. To get to know it within a transaction it would need a second connection, and the embedded database has one.
    await boss.insert(queue.name, []);
    if (working && every) await boss.schedule(queue.name, every);
    /* oxlint-enable no-await-in-loop */
  }
  await grantQueues(database);
  const stopping = new AbortController();
  const enqueue: Jobs["enqueue"] = async (client, jobs) => {
    for (const { queue, data, key } of jobs) {
      // eslint-disable-next-line no-await-in-loop
      await boss.send(queue, data, { singletonKey: key, db: through(client) });
    }
  };
  const host = { ...database, enqueue };
  let leftUndone = 0;
  if (working) {
    for (const { queue, run } of works) {
      // eslint-disable-next-line no-await-in-loop
      await boss.work(queue.name, { pollingIntervalSeconds: lookEverySeconds }, async (jobs) => {
        for (const job of jobs) {
          const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(longestRunMs)]);
          let left = 0;
          const onStuck = (error: unknown, what: string | undefined): void => {
            left++;
            onError(error, `left undone: ${what ?? "what is due"}`);
          };
          // The queue notes that a job failed, and tells nobody. What is left undone the next one does.
          // eslint-disable-next-line no-await-in-loop
          await run(job, { host, signal, onStuck }).catch((error: unknown) => {
            onError(error, `a job of the queue ${queue.name} failed`);
            throw error;
          });
          if (queue.name === "billing") leftUndone = left;
        }
      });
    }
    // What fell due while nobody worked does not wait for the next minute.
    await boss.send("billing");
  }
  return {
    enqueue,
    leftUndone: () => leftUndone,
    check: () => (working ? wrongWith(boss.getWipData()) : null),
    stop: async () => {
      stopping.abort();
      await boss.stop({ graceful: true, close: false });
    },
  };
}

/** Steps that are due in real time, and for how long the first has been; a longer backlog counts as 100,000. */
export async function billingBacklog(executor: Executor): Promise<Backlog> {
  const [row] = await executor.query<Backlog>(Prisma.sql`
    SELECT count(*)::int AS waiting,
           greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(due.next_step_at)), 0))::float8 AS "oldestSeconds"
    FROM (
      SELECT s.next_step_at FROM subscriptions s
      JOIN customers c ON c.environment_id = s.environment_id AND c.id = s.customer_id
      WHERE s.next_step_at <= now() AND c.test_clock_id IS NULL LIMIT 100000
    ) due`);
  return row ?? { waiting: 0, oldestSeconds: 0 };
}

/** Jobs that wait in the queues of this database. */
export async function jobBacklog(executor: Executor): Promise<Backlog> {
  const [row] = await executor.query<Backlog>(Prisma.sql`
    SELECT count(*)::int AS waiting,
           greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(j.created_on)), 0))::float8 AS "oldestSeconds"
    FROM pgboss.job j WHERE j.state < 'active' AND j.start_after <= now() AND j.name IN (${Prisma.join(works.map(({ queue }) => queue.name))})`);
  return row ?? { waiting: 0, oldestSeconds: 0 };
}

function wrongWith(
  workers: readonly { readonly state: string; readonly lastFetchedOn: number | null }[],
): string | null {
  const now = Date.now();
  const silent = workers.filter(
    ({ state, lastFetchedOn }) =>
      state !== "active" && lastFetchedOn !== null && now - lastFetchedOn > silentMs,
  );
  return silent.length ? "has not looked for jobs for a minute" : null;
}
