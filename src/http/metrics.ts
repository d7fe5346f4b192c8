import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import { waitingFor } from "../db/connection.ts";
import type { Backlog } from "../db/outbox.ts";
import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { isLocal } from "./local.ts";
import type { OperationReport } from "./operations/types.ts";
import { operationLabels } from "./operation-labels.ts";
import { isSameSecret } from "./same-secret.ts";
import type { PageHandler } from "./server.ts";

/** What waits to be done, such as events that are to be handed on, or jobs of one kind. */
export interface Queue {
  readonly name: string;
  readonly measure: () => Promise<Backlog>;
}

export interface Metrics {
  /** Counts an operation. */
  readonly observe: (report: OperationReport) => void;
  /** Puts these labels on every figure, where several processes tell theirs. */
  readonly tellApart: (labels: Readonly<Record<string, string>>) => void;
  /** Serves `/metrics` in the text format of Prometheus, to whoever knows the token or, without one, to this machine. */
  readonly page: PageHandler;
}

export function createMetrics(pool: Pool, token: string | undefined, queues: readonly Queue[] = []): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ["operation", "type", "status"] as const;
  const seconds = new Histogram({
    name: "billgraph_operation_seconds",
    help: "How long operations took, from the parsed request to the answer.",
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const statements = new Histogram({
    name: "billgraph_operation_statements",
    help: "How many SQL statements operations ran.",
    labelNames: ["operation", "type"] as const,
    buckets: [0, 1, 2, 3, 5, 8, 13, 21, 34],
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: "billgraph_pool_connections",
      help: "Database connections by what they do, and statements that wait for one.",
      labelNames: ["state"] as const,
      registers: [],
      collect() {
        this.set({ state: "idle" }, pool.idleCount);
        this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
        this.set({ state: "waiting" }, waitingFor(pool));
      },
    }),
  );

  const measureQueues = queueGauges(registry, queues);

  // The labels are limited, and so are the codes that a status can be.
  const series = new Map<string, Record<"seconds" | "statements", Histogram.Internal<string>>>();
  const label = operationLabels();

  return {
    tellApart: (labels) => registry.setDefaultLabels(labels),
    observe: (report) => {
      const { type, status } = report;
      const operation = label(report);
      const key = `${operation} ${type} ${status}`;
      let one = series.get(key);
      if (!one) {
        one = {
          seconds: seconds.labels({ operation, type, status }),
          statements: statements.labels({ operation, type }),
        };
        series.set(key, one);
      }
      one.seconds.observe(report.seconds);
      one.statements.observe(report.statements);
    },
    page: (request, response) => {
      if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/metrics") return undefined;
      if (!mayWatch(request, token)) {
        response.writeHead(404).end();
        return Promise.resolve();
      }
      return measureQueues()
        .then(() => registry.metrics())
        .then((text) => void response.writeHead(200, { "content-type": registry.contentType }).end(text));
    },
  };
}

/** Makes a function that measures the queues. One that cannot be measured is left out, and the others are told. */
function queueGauges(registry: Registry, queues: readonly Queue[]): () => Promise<void> {
  const labelNames = ["queue"] as const;
  const depth = new Gauge({
    name: "billgraph_queue_waiting",
    help: "How much waits in each queue.",
    labelNames,
    registers: [registry],
  });
  const age = new Gauge({
    name: "billgraph_queue_oldest_seconds",
    help: "For how long the first in each queue has waited.",
    labelNames,
    registers: [registry],
  });
  const measureOne = async ({ name: queue, measure }: Queue): Promise<void> => {
    const found = await measure().catch(() => null);
    depth.remove({ queue });
    age.remove({ queue });
    if (!found) return;
    depth.set({ queue }, found.waiting);
    age.set({ queue }, found.oldestSeconds);
  };
  return async () => void (await Promise.all(queues.map(measureOne)));
}

function mayWatch(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return isLocal(request);
  return isSameSecret(request.headers.authorization, `Bearer ${token}`);
}
