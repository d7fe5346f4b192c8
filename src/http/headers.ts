import type { IncomingMessage, ServerResponse } from "node:http";

/** What every answer of the API carries: it is nobody's page, and nobody's to keep. Pages for people set their own. */
const securityHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Sets the headers of every answer. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

const allowedHeaders =
  "content-type, x-api-key, authorization, idempotency-key, revkeen-version, x-request-id";
const exposedHeaders =
  "x-request-id, idempotency-replayed, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, revkeen-version";

/**
 * Lets pages of the listed origins use the API from a browser, without credentials: keys are sent in a header, never by
 * cookie. True when the request was a preflight and has been answered.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): boolean {
  const { origin } = request.headers;
  response.setHeader("vary", "origin");
  const allowed = origin !== undefined && origins.has(origin);
  if (allowed) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", exposedHeaders);
  }
  if (request.method !== "OPTIONS") return false;
  if (allowed) {
    response.setHeader("access-control-allow-methods", "POST, GET");
    response.setHeader("access-control-allow-headers", allowedHeaders);
    response.setHeader("access-control-max-age", "600");
  }
  response.writeHead(204).end();
  return true;
}
