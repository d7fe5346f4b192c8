import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import compression from "compression";
import type { GraphQLError, GraphQLSchema } from "graphql";
import { Abandoned } from "../db/abandon.ts";
import { requestError, statusOf } from "../graph/errors.ts";
import { type ApiVersion, currentVersion } from "../kit/api-versions.ts";
import { type AdmitOptions, type Arrival, createAdmit } from "./admit.ts";
import { publicError } from "./errors.ts";
import { checkGateway, requestIdOf } from "./gates.ts";
import { answerCors, setSecurityHeaders } from "./headers.ts";
import type { OperationReport } from "./operations/types.ts";
import { resultFor } from "./versions/adapt.ts";
import { createGraphQL } from "./yoga.ts";

/** Answers requests for a page for people, or for machines that watch; undefined leaves a request to others. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

export interface ServerOptions extends AdmitOptions {
  /** What `/graphql` serves. */
  readonly schema: GraphQLSchema;
  /** What `/subgraph` serves to gateways: the same graph with the fields of federation. */
  readonly subgraph: GraphQLSchema;
  /** Pages that are asked before anything else, in their order. */
  readonly pages?: readonly PageHandler[];
  /** What a gateway must know to use `/subgraph`; without one, that door is shut. */
  readonly gatewaySecret?: string | undefined;
  /** The origins whose pages may use the API from a browser; none unless said. */
  readonly corsOrigins?: readonly string[];
  /** How long a request may take, in milliseconds; 30 seconds unless said. */
  readonly timeoutMs?: number | undefined;
  /** Told of every operation when it has been answered. */
  readonly observe?: ((report: OperationReport) => void) | undefined;
}

/** The HTTP server, not yet listening. Every GraphQL request passes the same gates, whichever door it comes in by. */
export function createApiServer(options: ServerOptions): Server {
  const { database, logger, pages = [], gatewaySecret, timeoutMs = 30_000 } = options;
  const origins = new Set(options.corsOrigins);
  const door = (endpoint: string, schema: GraphQLSchema) =>
    createGraphQL({ endpoint, schema, database, logger, observe: options.observe });
  const graph = door("/graphql", options.schema);
  const subgraph = gatewaySecret === undefined ? undefined : door("/subgraph", options.subgraph);

  const admit = createAdmit(options);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(request);
    const arrival: Arrival = { request, response, requestId, signal: lifeOf(response, timeoutMs) };
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
        await graph.handle(request, response, { admission: await admit(arrival), response });
      } else if (path === "/subgraph" && subgraph && gatewaySecret !== undefined) {
        checkGateway(request, gatewaySecret);
        await subgraph.handle(request, response, { admission: await admit(arrival), response });
      } else {
        throw requestError("RESOURCE_MISSING", `There is nothing at ${path}.`);
      }
    } catch (error) {
      sendError(response, publicError(error, requestId, logger), arrival.version);
    }
  };
  // It changes how the answer is written, so it comes before everything; pages that are compressed already stay as they are.
  const compress = compression({ threshold: smallestCompressed }) as unknown as Middleware;
  return createServer((request, response) =>
    compress(request, response, () => void handle(request, response)),
  );
}

/** Aborts when the caller hangs up before it is answered, or when `timeoutMs` have passed. */
function lifeOf(response: ServerResponse, timeoutMs: number): AbortSignal {
  const life = new AbortController();
  const deadline = setTimeout(() => life.abort(new Abandoned("the request took too long")), timeoutMs);
  response.once("close", () => {
    clearTimeout(deadline);
    if (!response.writableFinished) life.abort(new Abandoned("the caller has gone"));
  });
  return life.signal;
}

/** Answers of fewer bytes are sent as they are. */
const smallestCompressed = 1_024;

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

function sendError(
  response: ServerResponse,
  error: GraphQLError,
  version: ApiVersion = currentVersion,
): void {
  if (response.headersSent) return void response.end();
  const { code, retryAfter } = error.extensions as {
    code: Parameters<typeof statusOf>[0];
    retryAfter?: number;
  };
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  response.writeHead(statusOf(code), { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(resultFor(version, { errors: [error] })));
}
