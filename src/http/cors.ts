import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";

/** What this API reads, and what usual clients and tracers of theirs send with every request. */
const allowedHeaders = [
  "content-type, x-api-key, authorization, idempotency-key, revkeen-version, x-request-id",
  "apollographql-client-name, apollographql-client-version, apollo-require-preflight, x-apollo-operation-name",
  "graphql-require-preflight, traceparent, tracestate, baggage",
].join(", ");
const exposedHeaders =
  "x-request-id, idempotency-replayed, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, revkeen-version";

/**
 * Lets pages of the listed origins use the API from a browser, without credentials: keys are sent in a header, never by
 * cookie. True when the request was a preflight and has been answered.
 */
export function answerCors(request: IncomingMessage, answer: Answer, origins: ReadonlySet<string>): boolean {
  const { origin } = request.headers;
  answer.setHeader("vary", "origin, accept-encoding");
  const allowed = origin !== undefined && origins.has(origin);
  if (allowed) {
    answer.setHeader("access-control-allow-origin", origin);
    answer.setHeader("access-control-expose-headers", exposedHeaders);
  }
  if (request.method !== "OPTIONS") return false;
  if (allowed) {
    answer.setHeader("access-control-allow-methods", "POST, GET");
    answer.setHeader("access-control-allow-headers", allowedHeaders);
    answer.setHeader("access-control-max-age", "600");
  }
  answer.handOver().writeHead(204).end();
  return true;
}
