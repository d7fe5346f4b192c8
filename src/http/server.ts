import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { GraphQLError, GraphQLSchema } from "graphql";
import { keyAuthenticator } from "../domains/access/index.ts";
import { requestError, statusOf } from "../graph/errors.ts";
import { type Admission, type GraphDatabase, adminReader } from "./context.ts";
import { publicError } from "./errors.ts";
import { authenticate, checkBody, checkGateway, requestIdOf, takeFromKey } from "./gates.ts";
import { answerCors, setSecurityHeaders } from "./headers.ts";
import type { Logger } from "./logger.ts";
import type { OperationReport } from "./operations/types.ts";
import type { TakeTokens } from "./rate-limit/bucket.ts";
import { createGraphQL } from "./yoga.ts";

/** Answers requests for a page for people, or for machines that watch; undefined leaves a request to others. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

export interface ServerOptions {
  readonly database: GraphDatabase;
  /** What `/graphql` serves. */
  readonly schema: GraphQLSchema;
  /** What `/subgraph` serves to gateways: the same graph with the fields of federation. */
  readonly subgraph: GraphQLSchema;
  readonly logger: Logger;
  /** Pages that are asked before anything else, in their order. */
  readonly pages?: readonly PageHandler[];
  /** What a gateway must know to use `/subgraph`; without one, that door is shut. */
  readonly gatewaySecret?: string | undefined;
  /** The origins whose pages may use the API from a browser; none unless said. */
  readonly corsOrigins?: readonly string[];
  /** The buckets of the keys; without them there is no limit. */
  readonly takeTokens?: TakeTokens | undefined;
  /** Told of every operation when it has been answered. */
  readonly observe?: ((report: OperationReport) => void) | undefined;
}

/** The HTTP server, not yet listening. Every GraphQL request passes the same gates, whichever door it comes in by. */
export function createApiServer(options: ServerOptions): Server {
  const { database, logger, pages = [], gatewaySecret, takeTokens } = options;
  const origins = new Set(options.corsOrigins);
  const findKey = keyAuthenticator(adminReader(database));
  const door = (endpoint: string, schema: GraphQLSchema) =>
    createGraphQL({ endpoint, schema, database, logger, observe: options.observe });
  const graph = door("/graphql", options.schema);
  const subgraph = gatewaySecret === undefined ? undefined : door("/subgraph", options.subgraph);

  const admit = async (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<Admission> => {
    checkBody(request);
    const viewer = await authenticate(request, findKey);
    const admission: Admission = {
      requestId,
      viewer,
      rateLimit: takeTokens ? await takeFromKey(takeTokens, viewer, 1, response) : null,
      charge: async (tokens) => {
        if (takeTokens && tokens)
          admission.rateLimit = await takeFromKey(takeTokens, viewer, tokens, response);
      },
    };
    return admission;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    response.setHeader("x-request-id", requestId);
    setSecurityHeaders(response);
    try {
      for (const page of pages) {
        const answered = page(request, response);
        if (answered) return await answered;
      }
      if (answerCors(request, response, origins)) return;
      const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
      if (path === "/graphql") {
        await graph.handle(request, response, {
          admission: await admit(request, response, requestId),
          response,
        });
      } else if (path === "/subgraph" && subgraph && gatewaySecret !== undefined) {
        checkGateway(request, gatewaySecret);
        await subgraph.handle(request, response, {
          admission: await admit(request, response, requestId),
          response,
        });
      } else {
        throw requestError("RESOURCE_MISSING", `There is nothing at ${path}.`);
      }
    } catch (error) {
      sendError(response, publicError(error, requestId, logger));
    }
  };
  return createServer((request, response) => void handle(request, response));
}

function sendError(response: ServerResponse, error: GraphQLError): void {
  if (response.headersSent) return void response.end();
  const { code, retryAfter } = error.extensions as {
    code: Parameters<typeof statusOf>[0];
    retryAfter?: number;
  };
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  response.writeHead(statusOf(code), { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify({ errors: [error] }));
}
