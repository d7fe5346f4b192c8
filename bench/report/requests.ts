import type pg from "pg";
import type { Cores } from "../machine/cores.ts";
import { describeMachine } from "../machine/describe.ts";
import type { Seen } from "../measure/compare.ts";
import type { Sample } from "../measure/measure.ts";
import type { Samples } from "../measure/rounds.ts";
import type { Options } from "../options.ts";
import type { Server } from "../servers/server.ts";
import type { Workload } from "../workloads/workload.ts";
import { figure, median } from "./statistics.ts";
import { table } from "./table.ts";

export interface Results {
  readonly servers: readonly Server[];
  readonly workloads: readonly Workload[];
  readonly seen?: ReadonlyMap<string, Seen>;
  readonly samples: Samples;
  readonly options: Options;
}

/** The machine and how it was used, as a list. */
export async function describeRun(pool: pg.Pool, options: Options, cores: Cores): Promise<string> {
  const lines = [
    ...(await describeMachine(pool)),
    `${cores.described}; ${options.connections} connections, each with one request at a time`,
    `medians of ${options.starts} starts of each server, in turns; ${options.seconds} s for each workload, after ${options.warmSeconds} s of warming`,
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

/** The results for people: all servers at a glance, then each workload in full. The first server is the measure of the others. */
export function report(results: Results): string {
  const { servers, workloads } = results;
  const lines = [
    `Requests per second as a part of those of the first in the same run:`,
    "",
    table(
      ["server", ...workloads.map(({ name }) => name), "memory, MiB"],
      servers.map((server) => [
        server.title,
        ...workloads.map((workload) => ratio(results, server, workload)),
        memory(results, server),
      ]),
    ),
  ];
  for (const workload of workloads) lines.push("", ...detail(results, workload));
  return lines.join("\n");
}

function detail(results: Results, workload: Workload): string[] {
  const { servers, seen } = results;
  const rows = "rowsWritten" in workload ? workload.rowsWritten : 0;
  const cells = servers.flatMap((server) => {
    const samples = samplesOf(results, server, workload);
    if (!samples.length) return [];
    const speeds = samples.map(({ perSecond }) => perSecond);
    const speed = median(speeds);
    const of = (key: keyof Sample) => median(samples.map((sample) => sample[key]));
    return [
      [
        server.title,
        figure(speed),
        ...(rows ? [figure(speed * rows)] : []),
        `${figure(Math.min(...speeds))} to ${figure(Math.max(...speeds))}`,
        ratio(results, server, workload),
        figure(of("p50")),
        figure(of("p99")),
        ...(seen ? [String(seen.get(server.name)?.statements.get(workload.name) ?? "")] : []),
        figure(of("memoryMiB")),
        percent(of("serverCores")),
        percent(of("secondCore")),
        percent(of("loadCores")),
      ],
    ];
  });
  const head = [
    "server",
    "requests/s",
    ...(rows ? ["rows/s"] : []),
    "starts",
    "of the first",
    "p50, ms",
    "p99, ms",
    ...(seen ? ["SQL statements"] : []),
    "memory, MiB",
    "its core",
    "second core",
    "of it the load",
  ];
  return [`### ${workload.title} (\`${workload.name}\`)`, "", table(head, cells), ...left(results, workload)];
}

/** Who has no part in a workload, and why. */
function left({ servers }: Results, workload: Workload): string[] {
  const reasons = servers.flatMap(({ title, without }) => {
    const reason = without?.[workload.name];
    return reason === undefined ? [] : [`${title}: ${reason}`];
  });
  return reasons.length ? ["", `Not here: ${reasons.join("; ")}.`] : [];
}

function ratio(results: Results, server: Server, workload: Workload): string {
  const [first = server] = results.servers;
  const speed = (one: Server) => median(samplesOf(results, one, workload).map(({ perSecond }) => perSecond));
  return samplesOf(results, server, workload).length ? (speed(server) / speed(first)).toFixed(2) : "–";
}

/** The most memory over all workloads of a start; its median over the starts. */
function memory(results: Results, server: Server): string {
  const starts = Array.from({ length: results.options.starts }, (_, start) =>
    Math.max(
      ...results.workloads.map((workload) => samplesOf(results, server, workload)[start]?.memoryMiB ?? 0),
    ),
  );
  return figure(median(starts));
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function samplesOf({ samples }: Results, server: Server, workload: Workload): readonly Sample[] {
  return samples.get(server.name)?.get(workload.name) ?? [];
}
