import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { OperationReport } from "./operations/types.ts";
import { isSameSecret } from "./same-secret.ts";
import type { PageHandler } from "./server.ts";

export interface Metrics {
  /** Counts an operation. */
  readonly observe: (report: OperationReport) => void;
  /** Serves `/metrics` in the text format of Prometheus, to whoever knows the token or, without one, to this machine. */
  readonly page: PageHandler;
}

/** Callers choose the names of operations: so many get series of their own, all others share one. */
const mostNames = 200;

export function createMetrics(pool: Pool, token: string | undefined): Metrics {
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
        this.set({ state: "waiting" }, pool.waitingCount);
      },
    }),
  );

  const names = new Set<string>();
  const label = (name: string | undefined): string => {
    if (name === undefined) return "anonymous";
    if (names.size < mostNames) names.add(name);
    return names.has(name) ? name : "other";
  };

  return {
    observe: (report) => {
      const { type, status } = report;
      const operation = label(report.name);
      seconds.observe({ operation, type, status }, report.seconds);
      statements.observe({ operation, type }, report.statements);
    },
    page: (request, response) => {
      if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/metrics") return undefined;
      if (!mayWatch(request, token)) {
        response.writeHead(404).end();
        return Promise.resolve();
      }
      return registry.metrics().then((text) => {
        response.writeHead(200, { "content-type": registry.contentType }).end(text);
      });
    },
  };
}

function mayWatch(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return /^(?:::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? "");
  return isSameSecret(request.headers.authorization, `Bearer ${token}`);
}
