import { cleanUp } from "../data/clean.ts";
import type { Stage } from "../data/stage.ts";
import { drive } from "../load/drive.ts";
import type { Cores } from "../machine/cores.ts";
import type { Options } from "../options.ts";
import type { Server } from "../servers/server.ts";
import { start } from "../servers/start.ts";
import type { Workload } from "../workloads/workload.ts";
import { type Sample, measure } from "./measure.ts";
import { findCursors, requestsOf, workloadsOf } from "./prepare.ts";

/** All samples, by server and workload: one for each start. */
export type Samples = Map<string, Map<string, Sample[]>>;

export interface Round {
  readonly server: Server;
  readonly workloads: readonly Workload[];
  readonly stage: Stage;
  readonly options: Options;
  readonly cores: Cores;
  readonly samples: Samples;
}

/** How long a workload runs again before it is measured, after the others have run, in seconds. */
const leadIn = 0.3;

/** Starts a server, warms it with all its workloads, measures it with each, and stops it. */
export async function measureStart(round: Round): Promise<void> {
  const { server, options, cores, samples } = round;
  const { pool, surroundings, subjects } = round.stage;
  const running = await start(server, surroundings, { before: cores.server });
  try {
    if (running.pids().length < (server.processes ?? 1))
      throw new Error(`${server.title}: there are fewer processes than that.`);
    const cursors = await findCursors(server, running, subjects);
    const workloads = workloadsOf(server, round.workloads);
    const loads = workloads.map((workload) => ({
      workload,
      url: running.url,
      connections: options.connections,
      next: requestsOf(server, workload, running, subjects, cursors),
    }));
    for (const load of loads) await drive({ ...load, seconds: options.warmSeconds });
    for (const { workload, ...load } of loads) {
      await drive({ ...load, seconds: leadIn });
      const sample = await measure({ ...load, seconds: options.seconds }, running.pids());
      record(samples, server.name, workload.name, sample);
    }
  } finally {
    await running.stop();
    await cleanUp(pool, subjects.environmentId);
  }
}

function record(samples: Samples, server: string, workload: string, sample: Sample): void {
  const byWorkload = samples.get(server) ?? new Map<string, Sample[]>();
  samples.set(server, byWorkload);
  byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), sample]);
}
