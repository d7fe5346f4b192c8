import type { AddressInfo } from "node:net";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { openDatabase } from "./db/database.ts";
import { sweepAnswers } from "./db/idempotency.ts";
import { ensureDemo } from "./demo/ensure.ts";
import { buildSchema, buildSubgraph } from "./graph/schema.ts";
import { createDrain } from "./http/drain.ts";
import { errorPage } from "./http/error-page.ts";
import { readExamples } from "./http/graphiql/examples.ts";
import { createPlayground } from "./http/graphiql/page.ts";
import { createLogger } from "./http/logger.ts";
import { createMetrics } from "./http/metrics.ts";
import { memoryBuckets } from "./http/rate-limit/memory.ts";
import { redisBuckets } from "./http/rate-limit/redis.ts";
import { type PageHandler, createApiServer } from "./http/server.ts";
import { watchPages } from "./http/watch-pages.ts";

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
  const demoKey = config.demo ? await ensureDemo(opened, config.dataDir) : null;

  const drain = createDrain();
  const pages: PageHandler[] = [drain.page, errorPage];
  if (config.playground) {
    const filledIn = demoKey !== null && !config.production ? { apiKey: demoKey } : {};
    pages.push(createPlayground({ endpoint: "/graphql", tabs: readExamples(), ...filledIn }));
  }
  const redis = config.redisUrl === undefined ? undefined : redisBuckets(config.redisUrl, logger);
  const schema = buildSchema();
  const metrics = createMetrics(database.pool, config.metricsToken);
  pages.push(watchPages({ database, schema, logger }), metrics.page);
  const server = createApiServer({
    database,
    schema,
    subgraph: buildSubgraph(),
    logger,
    pages,
    trustedProxies: config.trustedProxies,
    oauth: config.oauth,
    gatewaySecret: config.gatewaySecret,
    corsOrigins: config.corsOrigins,
    timeoutMs: config.requestTimeoutMs,
    observe: (report) => {
      metrics.observe(report);
      logger.debug(report, "operation");
    },
    takeTokens: config.rateLimit ? (redis?.take ?? memoryBuckets()) : undefined,
  });

  server.prependListener("request", drain.watch);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  console.log(welcome(`http://${host}:${port}/graphql`, demoKey, config.playground));

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
    await drain.drain(server, leave[signal]);
    await redis?.close();
    await opened.close();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

function welcome(url: string, demoKey: string | null, playground: boolean): string {
  const key = demoKey ?? "make one with: npm run keys -- create --name mine --scopes '*'";
  const example = `curl ${url} -H 'content-type: application/json' -H 'x-api-key: ${demoKey ?? "<key>"}' \\
          -d '{"query":"{ customers(first: 3) { nodes { name email } } }"}'`;
  const lines = ["", "Billgraph is ready.", "", `  URL   ${url}`, `  Key   ${key}`, ""];
  if (playground)
    lines.push("  Open the URL in a browser: GraphiQL has examples in its tabs, and the key filled in.");
  lines.push(`  Or:   ${example}`, "");
  return lines.join("\n");
}

try {
  await main(loadConfig());
} catch (error) {
  // What the user can mend is told in a line; a mistake of ours (a TypeError, say) keeps its stack.
  const known = error instanceof ConfigError || (error instanceof Error && error.constructor === Error);
  console.error(known ? error.message : error);
  process.exit(1);
}
