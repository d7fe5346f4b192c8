import type { ExecutionResult } from "graphql";
import type { Context } from "../../graph/context.ts";
import type { Admission } from "../context.ts";

/** How much cost one token of the rate limit pays for; every operation takes one token at least. */
export const costPerToken = 1_000;

/** How many tokens an operation takes beyond the one that every request takes. */
export function extraTokens(cost: number): number {
  return Math.floor(cost / costPerToken);
}

/** The answer with `extensions.cost`: what was asked for, what was read, and what is left of the rate limit. */
export function withCost(
  result: ExecutionResult,
  requested: number,
  { rateLimit }: Admission,
  tally: Context["tally"] | null,
): ExecutionResult {
  const { limit = null, remaining = null, resetAt = null } = rateLimit ?? {};
  const cost = { requested, actual: tally?.rows ?? null, limit, remaining, resetAt };
  return { ...result, extensions: { ...result.extensions, cost } };
}
