import type { Soon } from "../../kit/soon.ts";

/** A bucket of tokens: it holds `capacity`, and `perMinute` tokens flow in until it is full. */
export interface Bucket {
  readonly capacity: number;
  readonly perMinute: number;
}

/** What became of asking a bucket for tokens. */
export interface Taken {
  readonly granted: boolean;
  readonly limit: number;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** In how many milliseconds the bucket is full again. */
  readonly resetMs: number;
  /** In how many milliseconds the tokens could have been granted; 0 when they were. */
  readonly retryMs: number;
}

/** Takes tokens out of the bucket called `name`. */
export type TakeTokens = (name: string, bucket: Bucket, tokens: number) => Soon<Taken>;

/**
 * Takes tokens from a bucket that is known by the instant at which it will be full, `fullAt`. This is the generic cell rate
 * algorithm: one number stands for level and time of a token bucket. Gives what becomes of the request, and the new instant.
 * More tokens than the bucket holds can never be had; such a request takes a full bucket.
 */
export function take(
  { capacity, perMinute }: Bucket,
  fullAt: number,
  now: number,
  tokens: number,
): { readonly taken: Taken; readonly fullAt: number } {
  const msPerToken = 60_000 / perMinute;
  const wanted = Math.min(tokens, capacity);
  const start = Math.max(fullAt, now);
  const next = start + wanted * msPerToken;
  const lateBy = next - now - capacity * msPerToken;
  const granted = lateBy <= 0;
  const after = granted ? next : start;
  const taken = {
    granted,
    limit: capacity,
    remaining: Math.max(0, Math.floor(capacity - (after - now) / msPerToken)),
    resetMs: Math.ceil(after - now),
    retryMs: granted ? 0 : Math.ceil(lateBy),
  };
  return { taken, fullAt: after };
}
