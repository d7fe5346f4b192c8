import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Credential } from "../domains/access/index.ts";
import type { RateLimitState } from "../graph/context.ts";
import { requestError } from "../graph/errors.ts";
import { type Soon, andThen } from "../kit/soon.ts";
import type { HeaderSink } from "./headers.ts";
import type { Bucket, TakeTokens } from "./rate-limit/bucket.ts";

/** What looks like a key is no id: ids stand in the log. */
const ownRequestId = /^(?!.*rk_(?:sandbox|live)_)[\w.:-]{1,100}$/i;

/** The id of a request: the caller's own from `x-request-id`, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && ownRequestId.test(given) ? given : `req_${randomUUID()}`;
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
  const type = request.headers["content-type"];
  if (type !== "application/json" && mediaTypeOf(type) !== "application/json") {
    throw requestError("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json.");
  }
}

function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase();
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
export function takeFromKey(
  takeTokens: TakeTokens,
  credential: Credential,
  tokens: number,
  headers: HeaderSink,
): Soon<RateLimitState> {
  const name = `${credential.environmentId}/${credential.keyId}`;
  return andThen(takeTokens(name, bucketOf(credential), tokens), (taken) => {
    const { granted, limit, remaining, resetMs, retryMs } = taken;
    headers.setHeader("ratelimit-limit", limit);
    headers.setHeader("ratelimit-remaining", remaining);
    headers.setHeader("ratelimit-reset", Math.ceil(resetMs / 1_000));
    if (granted) return { limit, remaining, resetAt: new Date(Date.now() + resetMs) };
    const retryAfter = Math.max(1, Math.ceil(retryMs / 1_000));
    headers.setHeader("retry-after", retryAfter);
    const message = `Too many requests with this key. Try again in ${retryAfter} s.`;
    throw requestError("RATE_LIMIT_EXCEEDED", message, { retryAfter });
  });
}
