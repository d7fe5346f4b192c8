import type { ExecutionResult } from "graphql";
import { type KeyedRequest, onceByKey } from "../../db/idempotency.ts";
import type { TransactionHost } from "../../db/transaction.ts";
import { requestError } from "../../graph/errors.ts";
import { jsonOf } from "../../graph/execution/json-text.ts";
import { limits } from "./limits.ts";

/** The answer of a keyed request, and whether it is that of an earlier one. */
export interface OnceAnswer {
  readonly result: ExecutionResult;
  readonly replayed: boolean;
}

/** How long a twin of a running request should wait, in seconds. */
const retryAfter = 1;

/**
 * Runs a mutation request unless its key was used before. The request's effects and its stored answer are one
 * transaction. An answer that is not to be kept, because of a fault of ours, a denial or its size, is not stored, and nothing that came
 * with it took effect.
 */
export async function runOnce(
  database: TransactionHost,
  request: KeyedRequest,
  run: (host: TransactionHost) => Promise<ExecutionResult>,
): Promise<OnceAnswer> {
  const outcome = await onceByKey(database, request, async (host) => {
    const result = await run(host);
    const unkept = undone(result);
    if (unkept) return { result: unkept, store: null };
    const answer = isTooLarge(result) ? null : jsonOf(result);
    if (!answer || answer.length > limits.storedBytes) return { result: tooLarge(), store: null };
    return { result, store: { status: 200, answer: answer.toString() } };
  });
  switch (outcome.kind) {
    case "ran":
      return { result: outcome.result, replayed: false };
    case "replayed":
      return { result: JSON.parse(outcome.stored.answer) as ExecutionResult, replayed: true };
    case "conflict":
      throw requestError(
        "IDEMPOTENCY_CONFLICT",
        "This idempotency key was used in the last 24 hours for another request, by another API key, or with other scopes. Use a new one.",
      );
    case "running":
      throw requestError(
        "IDEMPOTENCY_IN_PROGRESS",
        "The first request with this idempotency key is still running.",
        {
          retryAfter,
        },
      );
  }
}

const ourFaults: ReadonlySet<unknown> = new Set(["INTERNAL_ERROR", "SERVICE_UNAVAILABLE"]);

/** What is told of a request that is undone as a whole: why, and no data that would no longer be true. Null for one that is kept. */
function undone({ errors = [] }: ExecutionResult): ExecutionResult | null {
  const why = errors.filter(({ extensions, path }) => {
    // A denial within a payload tells of a mutation that took effect.
    const denied = extensions["code"] === "PERMISSION_DENIED" && path?.length === 1;
    return denied || ourFaults.has(extensions["code"]);
  });
  return why.length ? { errors: why } : null;
}

/** Whether the answer was given up already, for what any answer may have. */
function isTooLarge({ errors = [] }: ExecutionResult): boolean {
  return errors.some(({ extensions }) => extensions["code"] === "ANSWER_TOO_LARGE");
}

function tooLarge(): ExecutionResult {
  const message = `Nothing was done: the answer, which would be kept for the idempotency key, is too large: at most ${limits.storedBytes} bytes are kept. Ask for less of what was written, or send fewer rows.`;
  return { errors: [requestError("INVALID_REQUEST", message)] };
}
