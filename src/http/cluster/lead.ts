import cluster, { type Worker } from "node:cluster";
import type { Logger } from "../logger.ts";
import { memoryBuckets } from "../rate-limit/memory.ts";
import { serveBuckets } from "../rate-limit/primary.ts";

/** How soon after its start a process has to end for the next one to be waited with, and for how long, in milliseconds. */
const shortLife = 5_000;
const pauseMs = 1_000;

export interface LeadOptions {
  /** How many processes answer requests. */
  readonly workers: number;
  /** What the processes are told beside the environment of this one. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Told once, when the first of them takes requests at this port. */
  readonly onListening: (port: number) => void;
}

/**
 * Runs as many copies of this program as `workers` says, which share one port. One that dies is replaced; signals to stop are
 * passed on, and the program ends when all have ended. Gives the exit code: 1 when none of them could start.
 */
export function lead({ workers, environment, logger, onListening }: LeadOptions): Promise<number> {
  // Each accepts for itself: a connection that this process hands to one that dies is never closed by anybody.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const take = memoryBuckets();
  const running = new Set<Worker>();
  const timers = new Set<NodeJS.Timeout>();
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let listening = false;
  let stopping = false;

  const start = (): void => {
    const began = performance.now();
    const worker = cluster.fork(environment);
    running.add(worker);
    serveBuckets(worker, take);
    worker.once("listening", ({ port }) => {
      if (!listening) onListening(port);
      listening = true;
    });
    worker.once("exit", (code, signal) => {
      running.delete(worker);
      // What keeps the first of them from starting keeps all of them.
      if (!listening) stop("SIGTERM");
      if (!stopping) replace({ worker: worker.id, code, signal }, performance.now() - began);
      else if (!running.size) end(listening ? 0 : 1);
    });
  };

  const replace = (death: object, livedMs: number): void => {
    logger.error(death, "a process that answers requests died: another one takes its place");
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        start();
      },
      livedMs < shortLife ? pauseMs : 0,
    );
    timers.add(timer);
  };

  const stop = (signal: NodeJS.Signals): void => {
    stopping = true;
    for (const timer of timers) clearTimeout(timer);
    for (const worker of running) worker.process.kill(signal);
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
  for (let started = 0; started < workers; started++) start();
  return ended;
}
