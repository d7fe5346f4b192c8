import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findThroughApi } from "../data/embedded-subjects.ts";
import { drive } from "../load/drive.ts";
import { describeHost } from "../machine/describe.ts";
import { type Sample, measure } from "../measure/measure.ts";
import { findCursors, requestsOf } from "../measure/prepare.ts";
import { type Options, chosen } from "../options.ts";
import { figure, median } from "../report/statistics.ts";
import { table } from "../report/table.ts";
import { product } from "../servers/product.ts";
import type { Server } from "../servers/server.ts";
import { type Running, start } from "../servers/start.ts";
import { customer, invoices, subscriptions } from "../workloads/reads.ts";
import { upsert } from "../workloads/writes.ts";

/** The product as `npm start` runs it, but for the rate limit: no PostgreSQL, and the demo's data. */
const server: Server = {
  ...product,
  name: "embedded",
  environment: (surroundings) => ({
    ...product.environment?.(surroundings),
    NODE_ENV: "development",
    DATABASE_URL: "",
    RATE_LIMIT: "off",
  }),
};

/** How long the product takes to start on the embedded database, and what it does in a second. */
export async function measureEmbedded(options: Options): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bench-embedded-"));
  const times: Record<Start, number[]> = {
    "a new folder": [],
    "a new folder, with the demo": [],
    "a folder with the demo": [],
  };
  try {
    for (let round = 0; round < options.starts; round += 1) {
      const [empty, demo] = [join(folder, `empty-${round}`), join(folder, `demo-${round}`)];
      times["a new folder"].push(await timeStart(empty, { DEMO: "off" }));
      times["a new folder, with the demo"].push(await timeStart(demo));
      times["a folder with the demo"].push(await timeStart(demo));
    }
    const requests = await measureRequests(join(folder, "demo-0"), options);
    const lines = [
      ...describeHost().map((line) => `- ${line}`),
      `- PGlite; the demo's 200 customers; medians of ${options.starts} starts; no pinning, no rate limit`,
      "",
      table(
        ["start", "seconds until it listens"],
        Object.entries(times).map(([name, seconds]) => [name, figure(median(seconds))]),
      ),
      "",
      table(["workload", "connections", "requests/s", "p50, ms", "p99, ms", "memory, MiB"], requests),
    ];
    return lines.join("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Start = "a new folder" | "a new folder, with the demo" | "a folder with the demo";

function startIn(folder: string, environment: Record<string, string> = {}): Promise<Running> {
  const nobody = { databaseUrl: "", environmentId: "", apiKey: "" };
  return start(server, nobody, { environment: { ...environment, DATA_DIR: folder } });
}

async function timeStart(folder: string, environment?: Record<string, string>): Promise<number> {
  const begun = performance.now();
  const running = await startIn(folder, environment);
  const seconds = (performance.now() - begun) / 1_000;
  await running.stop();
  return seconds;
}

const pages = 1;

async function measureRequests(folder: string, options: Options): Promise<string[][]> {
  const started = await startIn(folder);
  const apiKey = (await readFile(join(folder, "demo-key"), "utf8")).trim();
  const running: Running = { ...started, headers: { "x-api-key": apiKey } };
  try {
    const subjects = await findThroughApi(running);
    const cursors = await findCursors(server, running, subjects, pages);
    const rows: string[][] = [];
    for (const workload of chosen([customer, invoices, subscriptions, upsert], options.only)) {
      // All writes are of the same customers, so one connection sends them in order.
      const connections = "next" in workload ? 1 : options.connections;
      const next = requestsOf(server, workload, running, subjects, cursors);
      const load = { url: running.url, connections, next };
      await drive({ ...load, seconds: options.warmSeconds });
      const sample = await measure({ ...load, seconds: options.seconds }, running.pids());
      const batch = subjects.batches[0]?.length ?? 0;
      const title = workload === upsert ? `A batch of ${batch} customers, all changed` : workload.title;
      rows.push([title, String(connections), ...cellsOf(sample)]);
    }
    return rows;
  } finally {
    await running.stop();
  }
}

function cellsOf({ perSecond, p50, p99, memoryMiB }: Sample): string[] {
  return [perSecond, p50, p99, memoryMiB].map(figure);
}
