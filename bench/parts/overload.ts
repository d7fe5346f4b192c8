import { statSync } from "node:fs";
import { join } from "node:path";
import { fullSize, type Size } from "../data/database.ts";
import { setStage } from "../data/stage.ts";
import { type Run, drive } from "../load/drive.ts";
import { probe } from "../load/probe.ts";
import { describeMachine } from "../machine/describe.ts";
import { processorSeconds } from "../machine/process.ts";
import { percentile } from "../measure/measure.ts";
import { findCursors, requestsOf } from "../measure/prepare.ts";
import { type Options, chosen } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { product } from "../servers/product.ts";
import { type Running, start } from "../servers/start.ts";
import { customer, invoices } from "../workloads/reads.ts";
import type { Workload } from "../workloads/workload.ts";

const size: Size = { customers: fullSize.customers / 10, events: fullSize.events / 10 };
/** How many connections ask. The first number saturates: more bring no more answers. */
const loads = [50, 100, 200, 400];

const leadSeconds = 2;

/** Measures throughput and latency at four times the saturating load. */
export async function measureOverload(options: Options): Promise<string> {
  const stage = await setStage(`${options.databaseUrl}_tenth`, size, 1);
  const running = await start(product, stage.surroundings);
  try {
    const cursors = await findCursors(product, running, stage.subjects, 10);
    const rows: string[][] = [];
    for (const workload of chosen<Workload>([customer, invoices], options.only)) {
      const next = requestsOf(product, workload, running, stage.subjects, cursors);
      rows.push(...(await press(workload, running, next, options)));
    }
    const lines = [
      ...(await describeMachine(stage.pool)),
      `not pinned to cores; medians of ${options.starts} turns, in each of which all loads were asked for ${options.seconds} s, after ${options.warmSeconds} s of warming. The first load saturates. Callers who are refused ask again when they are told to, or at once`,
    ].map((line) => `- ${line}`);
    const head = [
      "workload",
      "connections",
      "answered/s",
      "of the best",
      "p50, ms",
      "p99, ms",
      "of the first",
      "refused/s",
      "faults",
      "`/live` p50, ms",
      "`/live` longest, ms",
      "log, bytes/s",
      "processor of an answer, ms",
    ];
    return [...lines, "", table(head, rows)].join("\n");
  } finally {
    await running.stop();
    await stage.pool.end();
  }
}

/** A load, and what was seen of it in each turn. */
interface Load {
  readonly title: string;
  readonly connections: number;
  readonly patient: boolean;
  readonly seen: Seen[];
}

interface Seen {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
  readonly faults: number;
  readonly live: number;
  readonly liveMost: number;
  readonly logged: number;
  /** Milliseconds of processor time of the server for each good answer. */
  readonly work: number;
}

async function press(
  workload: Workload,
  running: Running,
  next: (connection: number) => Buffer,
  { seconds, warmSeconds, starts }: Options,
): Promise<string[][]> {
  const [least = 1] = loads;
  const all: Load[] = loads.flatMap((connections) => [
    { title: `${connections}`, connections, patient: true, seen: [] },
    ...(connections > least
      ? [{ title: `${connections}, at once`, connections, patient: false, seen: [] }]
      : []),
  ]);
  const { url } = running;
  await drive({ url, next, connections: least, seconds: warmSeconds, patient: true });
  for (let turn = 0; turn < starts; turn += 1) {
    for (const { connections, patient, seen } of all) {
      // The first requests arrive as a burst, and may wait longer than later ones.
      await drive({ url, next, connections, seconds: leadSeconds, patient });
      seen.push(await look(running, () => drive({ url, next, connections, seconds, patient })));
    }
  }
  const of = ({ seen }: Load, name: keyof Seen) => median(seen.map((one) => one[name]));
  const best = Math.max(...all.map((load) => of(load, "perSecond")));
  return all.map((load) => [
    workload.name,
    load.title,
    figure(of(load, "perSecond")),
    (of(load, "perSecond") / best).toFixed(2),
    figure(of(load, "p50")),
    figure(of(load, "p99")),
    (of(load, "p99") / of(all[0]!, "p99")).toFixed(2),
    figure(of(load, "refused")),
    String(load.seen.reduce((sum, { faults }) => sum + faults, 0)),
    figure(of(load, "live")),
    figure(of(load, "liveMost")),
    figure(of(load, "logged")),
    figure(of(load, "work")),
  ]);
}

async function look({ url, pids }: Running, ask: () => Promise<Run>): Promise<Seen> {
  const before = logSize();
  const workBefore = processorSeconds(pids());
  const { result: run, latencies: live } = await probe(new URL("/live", url).href, ask);
  return {
    perSecond: (run.requests - run.failures) / run.seconds,
    p50: percentile(run, 0.5),
    p99: percentile(run, 0.99),
    refused: run.refusals / run.seconds,
    faults: run.failures - run.refusals,
    live: live[Math.floor(live.length / 2)] ?? 0,
    liveMost: live.at(-1) ?? 0,
    logged: (logSize() - before) / run.seconds,
    work: ((processorSeconds(pids()) - workBefore) * 1_000) / (run.requests - run.failures),
  };
}

function logSize(): number {
  return statSync(join(import.meta.dirname, "../.data/logs", `${product.name}.log`)).size;
}
