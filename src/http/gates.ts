import type { IncomingMessage, ServerResponse } from "node:http";
import type { Credential } from "../domains/access/index.ts";
import type { RateLimitState } from "../graph/context.ts";
import { requestError } from "../graph/errors.ts";
import { newId } from "../kit/ids.ts";
import type { Bucket, TakeTokens, Taken } from "./rate-limit/bucket.ts";
import { isSameSecret } from "./same-secret.ts";

/** What looks like a key is no id: ids stand in the log. */
const ownRequestId = /^(?!.*rk_(?:sandbox|live)_)[\w.:-]{1,100}$/i;

/** The id of a request: the caller's own from `x-request-id`, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && ownRequestId.test(given) ? given : `req_${newId()}`;
}

/**
 * Refuses bodies that are not plain JSON: compressed ones, which could be bombs, and those of the types that a form of
 * another site can send.
 */
export function checkBody(request: IncomingMessage): void {
  if (request.method !== "POST") return;
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw requestError("UNSUPPORTED_MEDIA_TYPE", "Send the body without a content-encoding.");
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw requestError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
  }
}

/** Lets only gateways through that know the secret, which they send in `x-gateway-secret`. */
export function checkGateway(request: IncomingMessage, secret: string): void {
  if (isSameSecret(request.headers["x-gateway-secret"], secret)) return;
  throw requestError(
    "UNAUTHENTICATED",
    "This door is for the gateway: x-gateway-secret is missing or wrong.",
  );
}

/** The buckets of keys without limits of their own: what one may spend at once, and how fast it flows back. */
const buckets: Readonly<Record<"sandbox" | "live", Bucket>> = {
  sandbox: { capacity: 200, perMinute: 100 },
  live: { capacity: 2_000, perMinute: 1_000 },
};

function bucketOf({ livemode, requestsPerMinute, burst }: Credential): Bucket {
  const usual = buckets[livemode ? "live" : "sandbox"];
  return {
    capacity: burst ?? (requestsPerMinute === null ? usual.capacity : 2 * requestsPerMinute),
    perMinute: requestsPerMinute ?? usual.perMinute,
  };
}

/**
 * Takes tokens from the bucket of a key and tells of it in the headers `RateLimit-*`; throws RATE_LIMIT_EXCEEDED, with
 * `Retry-After`, when the bucket has too few.
 */
export async function takeFromKey(
  takeTokens: TakeTokens,
  credential: Credential,
  tokens: number,
  response: ServerResponse,
): Promise<RateLimitState> {
  const taken = await takeTokens(
    `${credential.environmentId}/${credential.keyId}`,
    bucketOf(credential),
    tokens,
  );
  tell(response, taken);
  if (!taken.granted) {
    const retryAfter = Math.max(1, Math.ceil(taken.retryMs / 1_000));
    response.setHeader("retry-after", retryAfter);
    throw requestError(
      "RATE_LIMIT_EXCEEDED",
      `Too many requests with this key. Try again in ${retryAfter} s.`,
      {
        retryAfter,
      },
    );
  }
  return { limit: taken.limit, remaining: taken.remaining, resetAt: new Date(Date.now() + taken.resetMs) };
}

function tell(response: ServerResponse, { limit, remaining, resetMs }: Taken): void {
  response.setHeader("ratelimit-limit", limit);
  response.setHeader("ratelimit-remaining", remaining);
  response.setHeader("ratelimit-reset", Math.ceil(resetMs / 1_000));
}
