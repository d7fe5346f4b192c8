import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { GraphQLSchema } from "graphql";
import { printGraph } from "../graph/print.ts";
import type { Logger } from "./logger.ts";
import type { PageHandler } from "./server.ts";

export interface WatchOptions {
  /** What is printed; there is no such page without it. */
  readonly schema: GraphQLSchema | undefined;
  readonly logger: Logger;
  /** What must be well for requests to be served, by what it is. */
  readonly checks: Readonly<Record<string, ReadyCheck>>;
  /** How long the checks may take, in milliseconds; 5 seconds unless said. */
  readonly timeoutMs?: number | undefined;
}

/** Tells what is wrong with a part of the server; null when nothing is. What it throws is wrong as well. */
export type ReadyCheck = () => Promise<string | null>;

/**
 * Pages for machines, which ask for no key: `/live` answers as long as the process does, `/ready` when it can serve
 * requests, `/schema.graphql` is the public graph with its scopes and costs, with an ETag.
 */
export function watchPages({ schema, logger, checks, timeoutMs = 5_000 }: WatchOptions): PageHandler {
  const asked = Object.entries(checks).map(([part, check]) => [part, oneAtATime(check)] as const);
  const sdl = schema && printGraph(schema);
  const etag = `"${createHash("sha256")
    .update(sdl ?? "")
    .digest("base64url")}"`;

  async function ready(response: ServerResponse): Promise<void> {
    const found = await Promise.all(
      asked.map(([part, check]) => wrongIn(part, () => within(timeoutMs, check()), logger)),
    );
    const wrong = found.filter((line) => line !== null);
    if (wrong.length) send(response.setHeader("retry-after", 1), 503, wrong.join(""));
    else send(response, 200, "ready\n");
  }

  return (request, response) => {
    if (request.method !== "GET") return undefined;
    switch (request.url?.split("?", 1)[0]) {
      case "/live":
        return Promise.resolve(send(response, 200, "live\n"));
      case "/ready":
        return ready(response);
      case "/schema.graphql": {
        if (sdl === undefined) return undefined;
        response.setHeader("etag", etag).setHeader("cache-control", "no-cache");
        const known = request.headers["if-none-match"] === etag;
        return Promise.resolve(known ? void response.writeHead(304).end() : send(response, 200, sdl));
      }
      default:
        return undefined;
    }
  };
}

/** Lets those who ask while a check is under way wait for it, so that no number of them waits for a silent database. */
function oneAtATime(check: ReadyCheck): ReadyCheck {
  let underWay: Promise<string | null> | undefined;
  return () =>
    (underWay ??= Promise.resolve()
      .then(check)
      .finally(() => (underWay = undefined)));
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = pause(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => {});
  }
}

async function wrongIn(part: string, check: ReadyCheck, logger: Logger): Promise<string | null> {
  try {
    const wrong = await check();
    return wrong === null ? null : `${part}: ${wrong}\n`;
  } catch (error) {
    logger.warn({ err: error }, `not ready: ${part}`);
    return `${part}: no answer\n`;
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
