/** What the idempotency keys of usage events begin with that a benchmark sends. */
export const eventPrefix = "bench-";
