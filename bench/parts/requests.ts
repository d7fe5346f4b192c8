import { fullSize } from "../data/database.ts";
import { type Stage, setStage } from "../data/stage.ts";
import { type Cores, pinCores } from "../machine/cores.ts";
import { type Answers, type Seen, compareAnswers, look } from "../measure/compare.ts";
import { type Samples, measureStart } from "../measure/rounds.ts";
import { type Options, chosen } from "../options.ts";
import { installPackages } from "../packages.ts";
import { describeRun, report } from "../report/requests.ts";
import { describeStrangers } from "../report/strangers.ts";
import { limit } from "../servers/limit.ts";
import { servers as allServers } from "../servers/list.ts";
import type { Server } from "../servers/server.ts";
import { workloads as allWorkloads } from "../workloads/list.ts";
import type { Workload } from "../workloads/workload.ts";

/** Measures every server on every workload. */
export async function measureRequests(options: Options): Promise<string> {
  const workloads = chosen(allWorkloads, options.only);
  // Ratios are to the limit in the same run, so it always takes part.
  const servers = [limit, ...chosen(allServers, options.only).filter((server) => server !== limit)];
  if (servers.some(({ program }) => program.startsWith("bench/peers/"))) installPackages();
  const stage = await setStage(options.databaseUrl, fullSize, options.connections);
  const seen = await lookAtAll(servers, workloads, stage);
  const cores = await pinCores(stage.pool);
  try {
    const samples = await inRounds(servers, workloads, { stage, options, cores });
    const head = await describeRun(stage.pool, options, cores);
    const strangers = cores.server.length ? `\n${describeStrangers(samples)}` : "";
    return `${head}${strangers}\n\n${report({ servers, workloads, seen, samples, options })}`;
  } finally {
    cores.release();
    await stage.pool.end();
  }
}

/** Makes sure that all servers give the same data. */
async function lookAtAll(
  servers: readonly Server[],
  workloads: readonly Workload[],
  stage: Stage,
): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  const answersOf = ({ name }: Server): Answers => seen.get(name)?.answers ?? new Map();
  for (const server of servers) {
    seen.set(server.name, await look(server, workloads, stage));
    compareAnswers(server.name, answersOf(server), answersOf(limit));
    console.error(`${server.name} gives the right answers.`);
  }
  return seen;
}

/** Starts all servers in turns, as often as the options say. */
export async function inRounds(
  servers: readonly Server[],
  workloads: readonly Workload[],
  { stage, options, cores }: { stage: Stage; options: Options; cores: Cores },
): Promise<Samples> {
  const samples: Samples = new Map();
  const { starts } = options;
  for (let round = 0; round < starts; round += 1) {
    // Every other round goes the other way, so that nobody always comes after the same one.
    for (const server of round % 2 ? servers.toReversed() : servers) {
      console.error(`Round ${round + 1} of ${starts}: ${server.name}`);
      await measureStart({ server, workloads, stage, options, cores, samples });
    }
  }
  return samples;
}
