import { type Size, fullSize } from "../data/database.ts";
import { type Stage, setStage } from "../data/stage.ts";
import { drive } from "../load/drive.ts";
import { pinCores } from "../machine/cores.ts";
import { describeMachine } from "../machine/describe.ts";
import { measure } from "../measure/measure.ts";
import { findCursors, requestsOf } from "../measure/prepare.ts";
import { type Options, chosen } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { product } from "../servers/product.ts";
import { type Running, start } from "../servers/start.ts";
import { growth } from "../workloads/growth.ts";
import type { Workload } from "../workloads/workload.ts";

const tenth: Size = { customers: fullSize.customers / 10, events: fullSize.events / 10 };
/** How many customers lie between two cursors. */
const between = 100;

/** The product on a database of some size. */
interface Place {
  readonly size: Size;
  readonly stage: Stage;
  readonly running: Running;
  readonly cursors: readonly string[];
}

/** What a request costs the product when all tables are ten times as large. */
export async function measureGrowth(options: Options): Promise<string> {
  const stages = [
    { size: tenth, stage: await setStage(`${options.databaseUrl}_tenth`, tenth, 1) },
    { size: fullSize, stage: await setStage(options.databaseUrl, fullSize, 1) },
  ];
  const [first] = stages as [(typeof stages)[number]];
  const cores = await pinCores(first.stage.pool);
  const places: Place[] = [];
  try {
    for (const { size, stage } of stages) {
      const running = await start(product, stage.surroundings, { before: cores.server });
      const pages = Math.floor(size.customers / 2 / between);
      places.push({
        size,
        stage,
        running,
        cursors: await findCursors(product, running, stage.subjects, pages),
      });
    }
    const rows: string[][] = [];
    for (const workload of chosen(growth, options.only)) rows.push(await compare(workload, places, options));
    const lines = [
      ...(await describeMachine(first.stage.pool)),
      `${cores.described}; one connection; the median time of a request, in milliseconds, and of that the median of ${options.starts} turns`,
    ].map((line) => `- ${line}`);
    const head = ["what is asked", ...places.map(({ size }) => nameOf(size)), "growth"];
    return [...lines, "", table(head, rows)].join("\n");
  } finally {
    for (const { running } of places) await running.stop();
    cores.release();
    for (const { stage } of stages) await stage.pool.end();
  }
}

/** Asks the small and the large database in turns, so that both see the same machine. */
async function compare(workload: Workload, places: readonly Place[], options: Options): Promise<string[]> {
  const asked = places.map(({ stage, running, cursors }) => ({
    times: [] as number[],
    pids: running.pids(),
    load: {
      url: running.url,
      connections: 1,
      next: requestsOf(product, workload, running, stage.subjects, cursors),
    },
  }));
  for (const { load } of asked) await drive({ ...load, seconds: options.warmSeconds });
  for (let turn = 0; turn < options.starts; turn += 1) {
    for (const { load, pids, times } of asked) {
      times.push((await measure({ ...load, seconds: options.seconds }, pids)).p50);
    }
  }
  const [small = 0, large = 0] = asked.map(({ times }) => median(times));
  return [workload.title, figure(small), figure(large), (large / small).toFixed(2)];
}

function nameOf({ customers, events }: Size): string {
  return `${customers.toLocaleString("en")} customers, ${events.toLocaleString("en")} events`;
}
