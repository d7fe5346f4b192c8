import type { ServerResponse } from "node:http";
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from "graphql";
import { type Plugin, type YogaServerInstance, createYoga } from "graphql-yoga";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { type TransactionHost, reader } from "../db/transaction.ts";
import type { Context, Viewer } from "../graph/context.ts";
import { publicError, withStatus } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { InvalidDocument } from "./operations/documents.ts";
import { limits } from "./operations/limits.ts";
import { createOperations } from "./operations/run.ts";
import type { Operations } from "./operations/types.ts";

/** What the gates in front of Yoga found out about a request. */
export interface Admission {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Where headers of the answer are set. */
  readonly response: ServerResponse;
}

type GraphDatabase = TransactionHost & { readonly prisma: PrismaClient };

export interface YogaOptions {
  readonly endpoint: string;
  readonly schema: GraphQLSchema;
  readonly database: GraphDatabase;
  readonly logger: Logger;
}

/** GraphQL over HTTP for requests that were let in. */
export function createGraphQL(options: YogaOptions): YogaServerInstance<Admission, object> {
  const { endpoint, schema, database, logger } = options;
  return createYoga<Admission, object>({
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
    plugins: [
      operationsPlugin(createOperations({ schema, database, logger }), database),
      publicErrors(logger),
    ],
  });
}

/** Runs operations by `run` in place of Yoga's own steps. */
function operationsPlugin(run: Operations, database: GraphDatabase): Plugin<Admission> {
  return {
    onParams({ setParamsHandler }) {
      setParamsHandler(async ({ params, request, context }) => {
        const { requestId, viewer, response } = context as unknown as Admission;
        try {
          const { result, replayed } = await run(params, {
            requestId,
            environmentId: viewer.environmentId,
            readOnly: request.method === "GET",
            idempotencyKey: request.headers.get("idempotency-key") ?? undefined,
            contextOn: (host) => contextOn({ ...database, ...host }, requestId, viewer),
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

function contextOn(database: GraphDatabase, requestId: string, viewer: Viewer): Context {
  return { requestId, viewer, database, reads: reader(database), loaders: new Map() };
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
function publicErrors(logger: Logger): Plugin<Admission> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const { requestId } = serverContext as unknown as Admission;
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
