import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { openDatabase } from "./db/database.ts";
import { createHub } from "./db/events/hub.ts";
import { redisAnnouncements } from "./db/events/redis-announcements.ts";
import { sweepAnswers } from "./db/idempotency.ts";
import { migrationCheck } from "./db/migrations.ts";
import { outboxBacklog } from "./db/outbox.ts";
import { ensureDemo } from "./demo/ensure.ts";
import { buildSchema, buildSubgraph } from "./graph/schema.ts";
import { lead } from "./http/cluster/lead.ts";
import { adminReader } from "./http/context.ts";
import { createDrain } from "./http/drain.ts";
import { errorPage } from "./http/error-page.ts";
import { readExamples } from "./http/graphiql/examples.ts";
import { createPlayground } from "./http/graphiql/page.ts";
import { createLogger } from "./http/logger.ts";
import { createPrinter } from "./domains/invoices/index.ts";
import { invoicePages } from "./http/invoice-pages.ts";
import { createMetrics } from "./http/metrics.ts";
import type { TakeTokens } from "./http/rate-limit/bucket.ts";
import { memoryBuckets } from "./http/rate-limit/memory.ts";
import { primaryBuckets } from "./http/rate-limit/primary.ts";
import { redisBuckets } from "./http/rate-limit/redis.ts";
import { billingBacklog, jobBacklog, startJobs } from "./jobs/service.ts";
import { startUsageStream } from "./jobs/usage-stream.ts";
import { type PageHandler, createApiServer } from "./http/server.ts";
import { type ReadyCheck, watchPages } from "./http/watch-pages.ts";

/** How often the answers of idempotency keys that are kept no longer are deleted, in milliseconds. */
const sweepMs = 10 * 60_000;

/** How a server that is told to stop takes its leave: of who shares out load, and of someone at a terminal. */
const leave = {
  SIGTERM: { noticeMs: 1_000, idleMs: 1_000, mostMs: 20_000 },
  SIGINT: { noticeMs: 0, idleMs: 0, mostMs: 20_000 },
};

async function main(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const opened = await openDatabase({
    ...config,
    onConnectionError: (error) => logger.warn({ err: error }, "a database connection died"),
    onStopped: (error) => {
      logger.fatal({ err: error }, "the embedded database stopped");
      process.exit(1);
    },
  });
  const database = { ...opened, prepares: opened.prepares && config.preparedStatements };
  if (database.confinement && !database.confinement.role) {
    logger.warn("the database user may not take on the role billgraph_app: see Tenants in docs/running.md");
  }
  const demoKey = config.demo ? await ensureDemo(opened, config.dataDir, config.keyPeppers) : null;

  const onEventError = (error: unknown) => logger.warn({ err: error }, "live events are held up");
  const events = createHub({
    host: database,
    announcements:
      config.redisUrl === undefined ? undefined : redisAnnouncements(config.redisUrl, onEventError),
    onError: onEventError,
  });

  const onJobError = (error: unknown, message: string): void => logger.error({ err: error }, message);
  const jobs = await startJobs({
    database: { ...database, announce: events.announce },
    works: config.worker,
    onError: onJobError,
  });

  const usage =
    config.usageStream === undefined
      ? undefined
      : await startUsageStream({
          url: config.usageStream,
          host: { ...database, announce: events.announce, enqueue: jobs.enqueue },
          works: config.worker,
          onError: onJobError,
        });

  const drain = createDrain();
  const pages: PageHandler[] = [drain.page, errorPage];
  if (config.playground && !config.subgraph) {
    const filledIn = demoKey !== null && !config.production ? { apiKey: demoKey } : {};
    pages.push(createPlayground({ endpoint: "/graphql", tabs: readExamples(), ...filledIn }));
  }
  const redis = config.redisUrl === undefined ? undefined : redisBuckets(config.redisUrl, logger);
  const schema = config.subgraph ? undefined : buildSchema();
  const missing = await migrationCheck();
  const metrics = createMetrics(database.pool, config.metricsToken, [
    { name: "outbox", measure: () => outboxBacklog(adminReader(database)) },
    { name: "left_undone", measure: async () => ({ waiting: jobs.leftUndone(), oldestSeconds: 0 }) },
    { name: "billing", measure: () => billingBacklog(adminReader(database)) },
    ...(usage
      ? [
          { name: "usage", measure: usage.backlog },
          { name: "usage_dead", measure: usage.dead },
        ]
      : []),
    { name: "jobs", measure: () => jobBacklog(adminReader(database)) },
  ]);
  if (cluster.worker) metrics.tellApart({ process: String(cluster.worker.id) });
  const checks: Record<string, ReadyCheck> = {
    database: async () => {
      const names = await missing(database.adminPool);
      return names.length ? `lacks the migrations ${names.join(", ")}` : null;
    },
    worker: async () => jobs.check(),
  };
  const timeoutMs = Math.min(config.requestTimeoutMs, 5_000);
  pages.push(watchPages({ schema, logger, checks, timeoutMs }), metrics.page);
  const links = { linkSecrets: linkSecrets(config), publicUrl: config.publicUrl };
  const printer = createPrinter();
  pages.push(invoicePages({ database, printer, trustedProxies: config.trustedProxies, ...links }));
  const server = createApiServer({
    links,
    database: { ...database, events, announce: events.announce, enqueue: jobs.enqueue, defer: usage?.defer },
    schema,
    subgraph: buildSubgraph(config.subgraph),
    logger,
    pages,
    trustedProxies: config.trustedProxies,
    oauth: config.oauth,
    keyPeppers: config.keyPeppers,
    gatewaySecret: config.gatewaySecret,
    gatewaySigningSecrets: config.gatewaySigningSecrets,
    corsOrigins: config.corsOrigins,
    timeoutMs: config.requestTimeoutMs,
    timeOuts: config.timeOuts,
    answerBytes: config.answerBytes,
    observe: (report) => {
      metrics.observe(report);
      logger.debug(report, "operation");
    },
    takeTokens: config.rateLimit ? (redis?.take ?? buckets()) : undefined,
  });

  server.prependListener("request", drain.watch);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  if (!cluster.isWorker) welcome(config, (server.address() as AddressInfo).port, demoKey);

  const sweep = setInterval(() => {
    sweepAnswers(database).catch((error: unknown) =>
      logger.warn({ err: error }, "could not sweep stored answers"),
    );
  }, sweepMs);

  let stopping = false;
  const stop = async (signal: keyof typeof leave): Promise<void> => {
    if (stopping) return;
    stopping = true;
    clearInterval(sweep);
    // Those who listen go to another server while this one takes its leave.
    await events.close();
    await Promise.all([drain.drain(server, leave[signal]), jobs.stop()]);
    await usage?.stop();
    await redis?.close();
    await printer.close();
    await opened.close();
    if (cluster.isWorker) process.disconnect();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

/** Brings the database up to date, and then has several processes answer requests. Gives the exit code. */
async function mainOfMany(config: Config): Promise<number> {
  const database = await openDatabase({ ...config, poolSize: 1 });
  const demoKey = config.demo ? await ensureDemo(database, config.dataDir, config.keyPeppers) : null;
  await database.close();
  return lead({
    workers: config.workers,
    // A link that one process made is opened by another one.
    environment: { LINK_SECRETS: linkSecrets(config).join(",") },
    logger: createLogger(config.logLevel),
    onListening: (port) => welcome(config, port, demoKey),
  });
}

/** What links are signed with: a secret of this process where none was set. */
function linkSecrets(config: Config): readonly string[] {
  return config.linkSecrets.length ? config.linkSecrets : [randomBytes(32).toString("base64url")];
}

/** The buckets that all requests of this program share. */
function buckets(): TakeTokens {
  return cluster.isWorker ? primaryBuckets() : memoryBuckets();
}

function welcome({ host, playground, subgraph }: Config, port: number, demoKey: string | null): void {
  const server = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (subgraph) {
    const key = demoKey === null ? "" : `  Key   ${demoKey}\n`;
    console.log(`\nThe subgraph ${subgraph} is ready for a gateway.\n\n  URL   ${server}/subgraph\n${key}`);
    return;
  }
  const url = `${server}/graphql`;
  const key = demoKey ?? "make one with: npm run keys -- create --name mine --scopes '*'";
  const example = `curl ${url} -H 'content-type: application/json' -H 'x-api-key: ${demoKey ?? "<key>"}' \\
          -d '{"query":"{ customers(first: 3) { nodes { name email } } }"}'`;
  const lines = ["", "Billgraph is ready.", "", `  URL   ${url}`, `  Key   ${key}`, ""];
  if (playground)
    lines.push("  Open the URL in a browser: GraphiQL has examples in its tabs, and the key filled in.");
  lines.push(`  Or:   ${example}`, "");
  console.log(lines.join("\n"));
}

try {
  const config = loadConfig();
  if (config.workers > 1 && cluster.isPrimary) process.exitCode = await mainOfMany(config);
  else await main(config);
} catch (error) {
  // What the user can mend is told in a line; a mistake of ours (a TypeError, say) keeps its stack.
  const known = error instanceof ConfigError || (error instanceof Error && error.constructor === Error);
  console.error(known ? error.message : error);
  process.exit(1);
}
