import { fullSize, type Size } from "../data/database.ts";
import { findNeighbours } from "../data/neighbours.ts";
import { setStage } from "../data/stage.ts";
import { type Run, drive } from "../load/drive.ts";
import { probe } from "../load/probe.ts";
import { requestBytes } from "../load/wire.ts";
import { describeMachine } from "../machine/describe.ts";
import { percentile } from "../measure/measure.ts";
import { requestsOf } from "../measure/prepare.ts";
import type { Options } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { product } from "../servers/product.ts";
import { start } from "../servers/start.ts";
import { hostile } from "../workloads/hostile.ts";
import { customer } from "../workloads/reads.ts";

const size: Size = { customers: fullSize.customers / 10, events: fullSize.events / 10 };
const hostileKeys = 20;
/** How many requests each of them has under way. */
const each = 3;

/** How long a small query of one tenant takes while other tenants send the worst that they may. */
export async function measureNeighbours(options: Options): Promise<string> {
  const stage = await setStage(`${options.databaseUrl}_tenth`, size, 1);
  const neighbours = await findNeighbours(stage.surroundings.databaseUrl, hostileKeys);
  const running = await start(product, stage.surroundings);
  try {
    const { url } = running;
    const trivial = requestsOf(product, customer, running, stage.subjects, []);
    const ask = (seconds: number): Promise<Run> => drive({ url, connections: 1, seconds, next: trivial });
    const attack = (seconds: number): Promise<Run> =>
      drive({
        url,
        connections: hostileKeys * each,
        seconds,
        patient: true,
        next: (connection) => {
          const neighbour = neighbours[connection % hostileKeys]!;
          const kind = hostile[Math.floor(Math.random() * hostile.length)]!;
          const target = { url, headers: { "x-api-key": neighbour.apiKey } };
          return requestBytes(target, JSON.stringify(kind(neighbour)));
        },
      });
    await ask(options.warmSeconds);
    await attack(options.warmSeconds);
    const seen = { alone: [] as number[][], beside: [] as number[][] };
    let others = { answered: 0, refused: 0, faults: 0 };
    for (let turn = 0; turn < options.starts; turn += 1) {
      seen.alone.push(await watch(url, () => ask(options.seconds)));
      const attacking = attack(options.seconds + 1);
      seen.beside.push(await watch(url, () => ask(options.seconds)));
      const { requests, failures, refusals } = await attacking;
      others = {
        answered: others.answered + requests - failures,
        refused: others.refused + refusals,
        faults: others.faults + failures - refusals,
      };
    }
    const lines = [
      ...(await describeMachine(stage.pool)),
      `one connection asks for one customer; beside it ${hostileKeys} keys of as many tenants, with no limit to their rate, send ${hostile.length} kinds of requests that cost much, ${each} at a time each; not pinned to cores; medians of ${options.starts} turns of ${options.seconds} s`,
      `the others had ${others.answered} answers, ${others.refused} refusals with Retry-After, and ${others.faults} other faults`,
    ].map((line) => `- ${line}`);
    const head = ["", "answers/s", "p50, ms", "p99, ms", "longest, ms", "`/live` longest, ms"];
    const rows = Object.entries(seen).map(([name, turns]) => [
      name === "alone" ? "alone" : `beside ${hostileKeys} hostile keys`,
      ...[0, 1, 2, 3, 4].map((column) => figure(median(turns.map((turn) => turn[column] ?? 0)))),
    ]);
    return [...lines, "", table(head, rows)].join("\n");
  } finally {
    await running.stop();
    await stage.pool.end();
  }
}

async function watch(url: string, ask: () => Promise<Run>): Promise<number[]> {
  const { result: run, latencies: live } = await probe(new URL("/live", url).href, ask);
  if (run.failures) throw new Error(`${run.failures} of ${run.requests} answers were not good.`);
  return [
    run.requests / run.seconds,
    percentile(run, 0.5),
    percentile(run, 0.99),
    run.latencies.at(-1) ?? 0,
    live.at(-1) ?? 0,
  ];
}
