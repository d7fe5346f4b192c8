import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Load, type Run, drive } from "../load/drive.ts";
import { type CoreTime, coreSeconds, memoryMiB, processorSeconds } from "../machine/process.ts";

/** What was measured of one workload at one start of a server. */
export interface Sample {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly memoryMiB: number;
  /** How many cores the server used, and the maker of the load. */
  readonly serverCores: number;
  readonly loadCores: number;
  /** How much of the first core others than the server used, which should be nothing where it is the server's own. */
  readonly strangers: number;
  /** How busy the second core was, on which the load and PostgreSQL run where there are only two: 1 is all the time. */
  readonly secondCore: number;
}

const memoryEveryMs = 200;

/** Runs a load and looks at the server meanwhile. Throws when an answer was no good one. */
export async function measure(load: Load, pids: readonly number[]): Promise<Sample> {
  let peak = 0;
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      peak = Math.max(peak, memoryMiB(pids));
      await sleep(memoryEveryMs);
    }
  };
  const watched = watch();
  const serverBefore = processorSeconds(pids);
  const loadBefore = process.cpuUsage();
  const coresBefore = coreSeconds();
  const run = await drive(load);
  const coresAfter = coreSeconds();
  const used = process.cpuUsage(loadBefore);
  const serverCores = (processorSeconds(pids) - serverBefore) / run.seconds;
  watching = false;
  await watched;
  if (run.failures) throw new Error(`${run.failures} of ${run.requests} answers were not good.`);
  return {
    perSecond: run.requests / run.seconds,
    p50: percentile(run, 0.5),
    p99: percentile(run, 0.99),
    memoryMiB: peak,
    serverCores: Math.min(serverCores, availableParallelism()),
    loadCores: (used.user + used.system) / 1e6 / run.seconds,
    strangers: Math.max(0, busyPart(coresBefore[0], coresAfter[0]) - serverCores),
    secondCore: busyPart(coresBefore[1], coresAfter[1]),
  };
}

function busyPart(before: CoreTime | undefined, after: CoreTime | undefined): number {
  if (!before || !after) return 0;
  const [busy, idle] = [after.busy - before.busy, after.idle - before.idle];
  return busy + idle > 0 ? busy / (busy + idle) : 0;
}

export function percentile({ latencies }: Pick<Run, "latencies">, part: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
}
