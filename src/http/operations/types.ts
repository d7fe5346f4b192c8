import type { ExecutionResult } from "graphql";
import type { Soon } from "../../kit/soon.ts";
import type { Admission } from "../context.ts";

/** What a caller sends, as GraphQL over HTTP has it. */
export interface OperationParams {
  readonly query?: string | null | undefined;
  /** What names the document in place of `query`: unchecked. */
  readonly documentId?: unknown;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What is known of a request besides its operation. */
export interface OperationRequest {
  readonly admission: Admission;
  /** Whether the request must not change anything, because it came by GET. */
  readonly readOnly: boolean;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey: string | undefined;
  /** Whether the answer may be a stream of results. */
  readonly streams: boolean;
}

/** Many results, one after the other. */
export type ResultStream = AsyncIterable<ExecutionResult>;

export function isStream(result: ExecutionResult | ResultStream): result is ResultStream {
  return Symbol.asyncIterator in result;
}

/** An answer that can be shown to the caller. */
export interface OperationAnswer {
  readonly result: ExecutionResult | ResultStream;
  /** Whether it is the stored answer of an earlier request; undefined for requests without a key. */
  readonly replayed: boolean | undefined;
}

/** Runs operations: from the text of a document to the answer. Throws what keeps an operation from running at all. */
export type Operations = (params: OperationParams, request: OperationRequest) => Soon<OperationAnswer>;

/** What is told of an operation when it has been answered. */
export interface OperationReport {
  /** The operation's name; undefined for one without, and for a document that could not be read. */
  readonly name: string | undefined;
  /** What its document is known by, however it is written; undefined for one that could not be read. */
  readonly fingerprint: string | undefined;
  /** Whether the document is one of those that were registered, whose names the environment's owner chose. */
  readonly registered: boolean;
  readonly type: "query" | "mutation" | "subscription" | "unknown";
  /** `ok`, or the code of the first error. */
  readonly status: string;
  readonly seconds: number;
  /** How many SQL statements it ran. */
  readonly statements: number;
}
