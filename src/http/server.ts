import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { GraphQLError, GraphQLSchema } from "graphql";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { type TransactionHost, reader } from "../db/transaction.ts";
import { keyAuthenticator } from "../domains/access/index.ts";
import { requestError, statusOf } from "../graph/errors.ts";
import { publicError } from "./errors.ts";
import { authenticate, requestIdOf } from "./gates.ts";
import type { Logger } from "./logger.ts";
import { type Admission, createGraphQL } from "./yoga.ts";

/** Answers requests for a page for people; undefined leaves a request to others. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

export interface ServerOptions {
  readonly database: TransactionHost & { readonly prisma: PrismaClient };
  /** What `/graphql` serves. */
  readonly schema: GraphQLSchema;
  /** What `/subgraph` serves to gateways: the same graph with the fields of federation. */
  readonly subgraph: GraphQLSchema;
  readonly logger: Logger;
  /** Pages that are asked before anything else, in their order. */
  readonly pages?: readonly PageHandler[];
}

/** The HTTP server, not yet listening. Every GraphQL request passes the same gates, whichever door it comes in by. */
export function createApiServer(options: ServerOptions): Server {
  const { database, logger, pages = [] } = options;
  const findKey = keyAuthenticator(reader(database));
  const door = (endpoint: string, schema: GraphQLSchema) =>
    createGraphQL({ endpoint, schema, database, logger });
  const doors = new Map([
    ["/graphql", door("/graphql", options.schema)],
    ["/subgraph", door("/subgraph", options.subgraph)],
  ]);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    response.setHeader("x-request-id", requestId);
    try {
      for (const page of pages) {
        const answered = page(request, response);
        if (answered) return await answered;
      }
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      const graphql = doors.get(path);
      if (!graphql)
        return sendError(response, 404, requestError("INVALID_REQUEST", `There is nothing at ${path}.`));
      const viewer = await authenticate(request, findKey);
      const admission: Admission = { requestId, viewer, response };
      await graphql.handle(request, response, admission);
    } catch (error) {
      const shown = publicError(error, requestId, logger);
      const { code } = shown.extensions as { code: Parameters<typeof statusOf>[0] };
      sendError(response, statusOf(code), shown);
    }
  };
  return createServer((request, response) => void handle(request, response));
}

function sendError(response: ServerResponse, status: number, error: GraphQLError): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ errors: [error] }));
}
