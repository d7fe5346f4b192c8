import { type ExecutionResult, GraphQLError } from "graphql";
import { requestError } from "../../graph/errors.ts";
import type { Soon } from "../../kit/soon.ts";
import type { Admission } from "../context.ts";
import type { HeaderSink } from "../headers.ts";
import { InvalidDocument } from "./documents.ts";
import {
  type OperationAnswer,
  type OperationParams,
  type Operations,
  type ResultStream,
  isStream,
} from "./types.ts";

/** A request whose parameters have been read, and where headers of its answer are set. */
export interface ReadRequest {
  readonly admission: Admission;
  readonly headers: HeaderSink;
  /** Whether the request must not change anything, because it came by GET. */
  readonly readOnly: boolean;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey: string | undefined;
  /** Whether the answer may be a stream of results. */
  readonly streams: boolean;
}

/** Runs what a request asks for, and gives the answer to be written. Never throws: what keeps it from running is in `errors`. */
export function answerRequest(
  run: Operations,
  params: OperationParams,
  request: ReadRequest,
): Soon<ExecutionResult | ResultStream> {
  const tell = ({ result, replayed }: OperationAnswer): ExecutionResult | ResultStream => {
    if (replayed === undefined || isStream(result)) return result;
    if (replayed) request.headers.setHeader("idempotency-replayed", "true");
    return { ...result, extensions: { ...result.extensions, idempotency: { replayed } } };
  };
  const fail = (error: unknown): ExecutionResult => ({ errors: errorsOf(error) });
  try {
    checkOperationName(params.operationName);
    const answered = run(params, request);
    return answered instanceof Promise ? answered.then(tell).catch(fail) : tell(answered);
  } catch (error) {
    return fail(error);
  }
}

/** Yoga looks at all parameters but this one. */
function checkOperationName(name: unknown): void {
  if (name == null || typeof name === "string") return;
  throw requestError("INVALID_REQUEST", "operationName must be a text.", { http: { status: 400 } });
}

function errorsOf(error: unknown): GraphQLError[] {
  if (error instanceof InvalidDocument) return [...error.errors];
  return [
    error instanceof GraphQLError ? error : new GraphQLError("unexpected", { originalError: error as Error }),
  ];
}
