import type { GraphQLSchema } from "graphql";
import { type Plugin, type YogaServerInstance, createYoga } from "graphql-yoga";
import type { PrismaClient } from "../db/generated/prisma/client.ts";
import { type TransactionHost, reader } from "../db/transaction.ts";
import type { Context, Viewer } from "../graph/context.ts";
import { publicError, withStatus } from "./errors.ts";
import type { Logger } from "./logger.ts";

/** What the gates in front of Yoga found out about a request. */
export interface Admission {
  readonly requestId: string;
  readonly viewer: Viewer;
}

export interface YogaOptions {
  readonly endpoint: string;
  readonly schema: GraphQLSchema;
  readonly database: TransactionHost & { readonly prisma: PrismaClient };
  readonly logger: Logger;
}

/** GraphQL over HTTP for requests that were let in. */
export function createGraphQL(options: YogaOptions): YogaServerInstance<Admission, Context> {
  const { endpoint, schema, database, logger } = options;
  return createYoga<Admission, Context>({
    schema,
    graphqlEndpoint: endpoint,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    cors: false,
    multipart: false,
    batching: false,
    plugins: [publicErrors(logger)],
    context: ({ requestId, viewer }): Context => ({
      requestId,
      viewer,
      database,
      reads: reader(database),
      loaders: new Map(),
    }),
  });
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
