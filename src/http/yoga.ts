import type { ServerResponse } from "node:http";
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from "graphql";
import { type Plugin, type YogaServerInstance, createYoga } from "graphql-yoga";
import type { Admission, GraphDatabase } from "./context.ts";
import { publicError, withStatus } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { InvalidDocument } from "./operations/documents.ts";
import { limits } from "./operations/limits.ts";
import { createOperations } from "./operations/run.ts";
import type { Operations } from "./operations/types.ts";

/** What Yoga is given of a request that was let in. */
export interface YogaRequest {
  readonly admission: Admission;
  /** Where headers of the answer are set. */
  readonly response: ServerResponse;
}

export interface YogaOptions {
  readonly endpoint: string;
  readonly schema: GraphQLSchema;
  readonly database: GraphDatabase;
  readonly logger: Logger;
}

/** GraphQL over HTTP for requests that were let in. */
export function createGraphQL(options: YogaOptions): YogaServerInstance<YogaRequest, object> {
  const { endpoint, schema, database, logger } = options;
  return createYoga<YogaRequest, object>({
    schema,
    graphqlEndpoint: endpoint,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    cors: false,
    multipart: false,
    batching: false,
    parserAndValidationCache: false,
    maxRequestBodySize: limits.bodyBytes,
    plugins: [operationsPlugin(createOperations({ schema, database, logger })), publicErrors(logger)],
  });
}

/** Runs operations by `run` in place of Yoga's own steps. */
function operationsPlugin(run: Operations): Plugin<YogaRequest> {
  return {
    onParams({ setParamsHandler }) {
      setParamsHandler(async ({ params, request, context }) => {
        const { admission, response } = context as unknown as YogaRequest;
        try {
          const { result, replayed } = await run(params, {
            admission,
            readOnly: request.method === "GET",
            idempotencyKey: request.headers.get("idempotency-key") ?? undefined,
          });
          if (replayed) response.setHeader("idempotency-replayed", "true");
          return replayed === undefined ? result : withExtensions(result, { idempotency: { replayed } });
        } catch (error) {
          return { errors: errorsOf(error) };
        }
      });
    },
  };
}

function withExtensions(result: ExecutionResult, extensions: Record<string, unknown>): ExecutionResult {
  return { ...result, extensions: { ...result.extensions, ...extensions } };
}

function errorsOf(error: unknown): GraphQLError[] {
  if (error instanceof InvalidDocument) return [...error.errors];
  return [
    error instanceof GraphQLError ? error : new GraphQLError("unexpected", { originalError: error as Error }),
  ];
}

/** Shows callers what they may see of errors, whichever step of a request they come from. */
function publicErrors(logger: Logger): Plugin<YogaRequest> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const { requestId } = (serverContext as unknown as YogaRequest).admission;
      const results = Array.isArray(result) ? result : [result];
      const shown = results.map((one) => {
        if (!("errors" in one) || !one.errors?.length) return one;
        const errors = one.errors.map((error) => publicError(error, requestId, logger));
        // Errors of fields stand beside data, in an answer that is good; an answer without data fails as a whole.
        return { ...one, errors: "data" in one && one.data !== undefined ? errors : errors.map(withStatus) };
      });
      setResult((Array.isArray(result) ? shown : shown[0]) as typeof result);
    },
  };
}
