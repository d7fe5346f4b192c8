import type { ExecutionResult } from "graphql";
import { type KeyedRequest, onceByKey } from "../../db/idempotency.ts";
import type { TransactionHost } from "../../db/transaction.ts";
import { requestError } from "../../graph/errors.ts";
import { jsonOf } from "../../graph/execution/json-text.ts";

/** The answer of a keyed request, and whether it is that of an earlier one. */
export interface OnceAnswer {
  readonly result: ExecutionResult;
  readonly replayed: boolean;
}

/** How long a twin of a running request should wait, in seconds. */
const retryAfter = 1;

/**
 * Runs a mutation request unless its key was used before. The request's effects and its stored answer are one
 * transaction. An answer with a fault of ours is not stored, and nothing that came with it took effect.
 */
export async function runOnce(
  database: TransactionHost,
  request: KeyedRequest,
  run: (host: TransactionHost) => Promise<ExecutionResult>,
): Promise<OnceAnswer> {
  const outcome = await onceByKey(database, request, async (host) => {
    const result = await run(host);
    const store = isOurFault(result) ? null : { status: 200, answer: jsonOf(result).toString() };
    return { result, store };
  });
  switch (outcome.kind) {
    case "ran":
      return {
        result: isOurFault(outcome.result) ? undone(outcome.result) : outcome.result,
        replayed: false,
      };
    case "replayed":
      return { result: JSON.parse(outcome.stored.answer) as ExecutionResult, replayed: true };
    case "conflict":
      throw requestError(
        "IDEMPOTENCY_CONFLICT",
        "This idempotency key was used for another request in the last 24 hours. Use a new one.",
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

function isOurFault({ errors }: ExecutionResult): boolean {
  return errors?.some(({ extensions }) => ourFaults.has(extensions["code"])) ?? false;
}

/** What is told of a request that was undone as a whole: its errors, and no data that would no longer be true. */
function undone({ errors }: ExecutionResult): ExecutionResult {
  return { errors: errors?.filter(({ extensions }) => ourFaults.has(extensions["code"])) ?? [] };
}
