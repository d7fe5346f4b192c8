import { fullSize } from "../data/database.ts";
import { setStage } from "../data/stage.ts";
import { pinCores } from "../machine/cores.ts";
import { compareAnswers, look } from "../measure/compare.ts";
import { type Options, chosen } from "../options.ts";
import { describeRun, report } from "../report/requests.ts";
import { product } from "../servers/product.ts";
import type { Server } from "../servers/server.ts";
import { growth } from "../workloads/growth.ts";
import { customer, invoices } from "../workloads/reads.ts";
import type { Workload } from "../workloads/workload.ts";
import { upsert } from "../workloads/writes.ts";
import { inRounds } from "./requests.ts";

const without: Server = {
  ...product,
  name: "without",
  title: "Billgraph, `ROW_LEVEL_SECURITY=off`",
  environment: (surroundings) => ({ ...product.environment?.(surroundings), ROW_LEVEL_SECURITY: "off" }),
};

const workloads: readonly Workload[] = [
  customer,
  invoices,
  ...growth.filter(({ name }) => name === "search" || name === "overdue"),
  upsert,
];

/** What it costs that the database keeps every request to its tenant: the product with that, and without. */
export async function measureRowLevelSecurity(options: Options): Promise<string> {
  const wanted = chosen(workloads, options.only);
  const stage = await setStage(options.databaseUrl, fullSize, options.connections);
  const plain = await look(without, wanted, stage);
  compareAnswers(product.name, (await look(product, wanted, stage)).answers, plain.answers);
  const cores = await pinCores(stage.pool);
  try {
    const servers = [without, product];
    const samples = await inRounds(servers, wanted, { stage, options, cores });
    const head = await describeRun(stage.pool, options, cores);
    return `${head}\n\n${report({ servers, workloads: wanted, samples, options })}`;
  } finally {
    cores.release();
    await stage.pool.end();
  }
}
