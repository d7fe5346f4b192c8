import { fullSize } from "../data/database.ts";
import { setStage } from "../data/stage.ts";
import { unpinned } from "../machine/cores.ts";
import { type Options, chosen } from "../options.ts";
import { describeRun, report } from "../report/requests.ts";
import { product } from "../servers/product.ts";
import type { Server } from "../servers/server.ts";
import { customer, invoices } from "../workloads/reads.ts";
import { upsert } from "../workloads/writes.ts";
import { inRounds } from "./requests.ts";

/** The product with one process and with two, which share all cores with PostgreSQL and the load. */
export async function measureCluster(options: Options): Promise<string> {
  const servers = [1, 2].map((workers): Server => ({
    ...product,
    name: `workers-${workers}`,
    title: `WORKERS=${workers}`,
    environment: (surroundings) => ({ ...product.environment?.(surroundings), WORKERS: `${workers}` }),
    processes: workers,
  }));
  const workloads = chosen([customer, invoices, upsert], options.only);
  const stage = await setStage(options.databaseUrl, fullSize, options.connections);
  try {
    const samples = await inRounds(servers, workloads, { stage, options, cores: unpinned });
    const head = await describeRun(stage.pool, options, unpinned);
    return `${head}\n\n${report({ servers, workloads, samples, options })}`;
  } finally {
    await stage.pool.end();
  }
}
