import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { GraphQLSchema } from "graphql";
import { Prisma } from "../db/generated/prisma/client.ts";
import { printGraph } from "../graph/print.ts";
import { type GraphDatabase, adminReader } from "./context.ts";
import type { Logger } from "./logger.ts";
import type { PageHandler } from "./server.ts";

export interface WatchOptions {
  readonly database: GraphDatabase;
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
}

/**
 * Pages for machines, which ask for no key: `/live` answers as long as the process does, `/ready` when it can serve
 * requests (the database answers), `/schema.graphql` is the public graph with its scopes and costs, with an ETag.
 */
export function watchPages({ database, schema, logger }: WatchOptions): PageHandler {
  const sdl = printGraph(schema);
  const etag = `"${createHash("sha256").update(sdl).digest("base64url")}"`;

  async function ready(response: ServerResponse): Promise<void> {
    try {
      await adminReader(database).query(Prisma.sql`SELECT 1 AS ready`);
      send(response, 200, "ready\n");
    } catch (error) {
      logger.warn({ err: error }, "not ready");
      send(response.setHeader("retry-after", 1), 503, "the database does not answer\n");
    }
  }

  return (request, response) => {
    if (request.method !== "GET") return undefined;
    switch (request.url?.split("?", 1)[0]) {
      case "/live":
        return Promise.resolve(send(response, 200, "live\n"));
      case "/ready":
        return ready(response);
      case "/schema.graphql": {
        response.setHeader("etag", etag).setHeader("cache-control", "no-cache");
        const known = request.headers["if-none-match"] === etag;
        return Promise.resolve(known ? void response.writeHead(304).end() : send(response, 200, sdl));
      }
      default:
        return undefined;
    }
  };
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
