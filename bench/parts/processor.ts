import { fullSize } from "../data/database.ts";
import { setStage } from "../data/stage.ts";
import { describeMachine } from "../machine/describe.ts";
import { memoryMiB, processorSeconds } from "../machine/process.ts";
import { drive } from "../load/drive.ts";
import { findCursors, requestsOf, workloadsOf } from "../measure/prepare.ts";
import { type Options, chosen } from "../options.ts";
import { installPackages } from "../packages.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { limit } from "../servers/limit.ts";
import { servers as allServers } from "../servers/list.ts";
import { type Running, start } from "../servers/start.ts";
import type { Server } from "../servers/server.ts";
import { workloads as allWorkloads } from "../workloads/list.ts";
import type { Workload } from "../workloads/workload.ts";

/** A server that runs beside the others, and how each workload is asked of it. */
interface Place {
  readonly server: Server;
  readonly running: Running;
  readonly next: ReadonlyMap<Workload, (connection: number) => Buffer>;
}

/**
 * How much processor time of the server a request takes. All servers run at the same time and are asked in short turns, so that they see
 * the same machine: what other programs do meanwhile changes how long a request takes, and hardly how much work it is.
 */
export async function measureProcessor(options: Options): Promise<string> {
  const workloads = chosen(allWorkloads, options.only);
  const servers = [limit, ...chosen(allServers, options.only).filter((server) => server !== limit)];
  if (servers.some(({ program }) => program.startsWith("bench/peers/"))) installPackages();
  const stage = await setStage(options.databaseUrl, fullSize, options.connections);
  const places: Place[] = [];
  try {
    for (const server of servers) {
      const running = await start(server, stage.surroundings);
      const cursors = await findCursors(server, running, stage.subjects);
      const next = workloadsOf(server, workloads).map(
        (workload) => [workload, requestsOf(server, workload, running, stage.subjects, cursors)] as const,
      );
      places.push({ server, running, next: new Map(next) });
    }
    const times = new Map<Workload, number[][]>();
    for (const workload of workloads) times.set(workload, await takeTurns(workload, places, options));
    const memory = places.map(({ running }) => figure(memoryMiB(running.pids())));
    const lines = [
      ...(await describeMachine(stage.pool)),
      `all servers at once, asked in turns; ${options.connections} connections; medians of ${options.starts} turns of ${options.seconds} s`,
    ].map((line) => `- ${line}`);
    const head = ["server", ...workloads.map(({ name }) => name), "memory after all, MiB"];
    const rows = places.map(({ server }, index) => [
      server.title,
      ...workloads.map((workload) => cellOf(times.get(workload) ?? [], index)),
      memory[index] ?? "",
    ]);
    const caption = "Microseconds of processor time of a request, and how many times the first's that is:";
    return [...lines, "", caption, "", table(head, rows)].join("\n");
  } finally {
    for (const { running } of places) await running.stop();
    await stage.pool.end();
  }
}

/** For each place, the microseconds of a request in each turn. */
async function takeTurns(
  workload: Workload,
  places: readonly Place[],
  { connections, starts, seconds, warmSeconds }: Options,
): Promise<number[][]> {
  const times: number[][] = places.map(() => []);
  const ask = async ({ running, next }: Place, duration: number): Promise<number | null> => {
    const requests = next.get(workload);
    if (!requests) return null;
    const pids = running.pids();
    const before = processorSeconds(pids);
    const run = await drive({ url: running.url, connections, seconds: duration, next: requests });
    if (run.failures) throw new Error(`${run.failures} of ${run.requests} answers were not good.`);
    return ((processorSeconds(pids) - before) * 1e6) / run.requests;
  };
  for (const place of places) await ask(place, warmSeconds);
  for (let turn = 0; turn < starts; turn += 1) {
    for (const [index, place] of places.entries()) {
      const time = await ask(place, seconds);
      if (time !== null) times[index]?.push(time);
    }
  }
  return times;
}

function cellOf(times: readonly (readonly number[])[], index: number): string {
  const [first = [], own = []] = [times[0], times[index]];
  if (!own.length) return "–";
  return `${figure(median(own))} (${(median(own) / median(first)).toFixed(2)})`;
}
