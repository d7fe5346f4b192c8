import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { GraphQLError, GraphQLSchema } from "graphql";
import { requestError, statusOf } from "../graph/errors.ts";
import { currentVersion } from "../kit/api-versions.ts";
import { type Soon, andThen } from "../kit/soon.ts";
import { type TimeOuts, usualTimeOuts } from "../kit/time-outs.ts";
import { errorTypeFor } from "./accept.ts";
import { type AdmitOptions, type Arrival, createAdmit } from "./admit.ts";
import { Answer } from "./answer.ts";
import { type Door, createDoor } from "./door.ts";
import { publicError } from "./errors.ts";
import { requestIdOf } from "./gates.ts";
import { type GatewayOptions, gatewayCheck } from "./gateway/check.ts";
import { answerCors } from "./cors.ts";
import { Life, requestDeadlines } from "./life.ts";
import { createLoadGate } from "./load/gate.ts";
import { limitTimes, lookEveryMs } from "./time-outs.ts";
import type { OperationReport } from "./operations/types.ts";
import { resultFor } from "./versions/adapt.ts";

/** Answers requests for a page for people, or for machines that watch; undefined leaves a request to others. It is not asked of a POST. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

export interface ServerOptions extends AdmitOptions, GatewayOptions {
  /** What `/graphql` serves; that door is shut without it. */
  readonly schema?: GraphQLSchema | undefined;
  /** What `/subgraph` serves to gateways: the same graph, or a part, with the fields of federation. Shut where nothing makes a gateway known. */
  readonly subgraph: GraphQLSchema;
  /** Pages that are asked before anything else, in their order. */
  readonly pages?: readonly PageHandler[];
  /** The origins whose pages may use the API from a browser; none unless said. */
  readonly corsOrigins?: readonly string[];
  /** How long a request may take, in milliseconds; 30 seconds unless said. */
  readonly timeoutMs?: number | undefined;
  /** How long callers may keep it waiting; those of `usualTimeOuts` unless said. */
  readonly timeOuts?: Partial<TimeOuts> | undefined;
  /** Whether plain requests are answered without Yoga. True unless said. */
  readonly shortWay?: boolean | undefined;
  /** The most bytes of an answer; 16 MB unless said. */
  readonly answerBytes?: number | undefined;
  /** Told of every operation when it has been answered. */
  readonly observe?: ((report: OperationReport) => void) | undefined;
}

/** The HTTP server, not yet listening. Every GraphQL request passes the same gates, whichever door it comes in by. */
export function createApiServer(options: ServerOptions): Server {
  const { database, logger, pages = [], timeoutMs = 30_000 } = options;
  const origins = new Set(options.corsOrigins);
  const { observe, shortWay, answerBytes } = options;
  const load = createLoadGate(database.pool.options.max);
  const shared = { database, logger, load, observe, shortWay, answerBytes };
  const door = (endpoint: string, schema: GraphQLSchema, inParts = false): Door =>
    createDoor({ ...shared, endpoint, schema, inParts });
  const graph = options.schema && door("/graphql", options.schema);
  const checkGateway = gatewayCheck(options);
  const subgraph = checkGateway && door("/subgraph", options.subgraph, true);

  const admit = createAdmit({ ...options, load });
  const deadlines = requestDeadlines(timeoutMs);
  const times = { ...usualTimeOuts, ...options.timeOuts };

  const serve = (arrival: Arrival): Soon<void> => {
    const { request, answer } = arrival;
    // Pages are to be looked at.
    if (request.method !== "POST") {
      const response = answer.handOver();
      for (const page of pages) {
        const answered = page(request, response);
        if (answered) return answered;
      }
    }
    if (answerCors(request, answer, origins)) return;
    const path = pathOf(request);
    if (path === "/graphql" && graph) {
      return andThen(admit(arrival), (admission) => graph(arrival, admission));
    }
    if (path === "/subgraph" && subgraph) {
      const checkSignature = checkGateway(request);
      return andThen(admit(arrival), (admission) =>
        andThen(checkSignature?.(), () => subgraph(arrival, admission)),
      );
    }
    throw requestError("RESOURCE_MISSING", `There is nothing at ${path}.`);
  };
  const server = createServer({ connectionsCheckingInterval: lookEveryMs(times) }, (request, response) => {
    const requestId = requestIdOf(request);
    const answer = new Answer(request, response);
    const life = new Life(response, deadlines, times.unreadMs);
    const arrival: Arrival = { request, answer, requestId, life, version: undefined };
    answer.setHeader("x-request-id", requestId);
    const failed = (error: unknown): void => sendError(arrival, publicError(error, requestId, logger));
    life.whenStuck(failed);
    try {
      const served = serve(arrival);
      if (served) served.catch(failed);
    } catch (error) {
      failed(error);
    }
  });
  limitTimes(server, times);
  return server;
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

function sendError({ request, answer, version = currentVersion }: Arrival, error: GraphQLError): void {
  const response = answer.handOver();
  if (response.headersSent) return void response.end();
  const { code, retryAfter } = error.extensions as {
    code: Parameters<typeof statusOf>[0];
    retryAfter?: number;
  };
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  response.writeHead(statusOf(code), {
    "content-type": `${errorTypeFor(request.headers.accept)}; charset=utf-8`,
  });
  response.end(JSON.stringify(resultFor(version, { errors: [error] })));
}
