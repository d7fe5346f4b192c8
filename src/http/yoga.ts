import type { ServerResponse } from "node:http";
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from "graphql";
import { type Plugin, type YogaServerInstance, createYoga } from "graphql-yoga";
import { requestError } from "../graph/errors.ts";
import type { Admission } from "./context.ts";
import { publicError, withStatus } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { answerRequest } from "./operations/answer-request.ts";
import { limits } from "./operations/limits.ts";
import { extraNames } from "./operations/parameter-names.ts";
import { namesDocument } from "./operations/persisted-reference.ts";
import { type OperationParams, type Operations, isStream } from "./operations/types.ts";
import { resultFor } from "./versions/adapt.ts";
import { versionsPlugin } from "./versions/plugin.ts";

/** What Yoga is given of a request that was let in. */
export interface YogaRequest {
  readonly admission: Admission;
  /** Where headers of the answer are set. */
  readonly response: ServerResponse;
  /** The answer, where the operation was run already and only remains to be told. */
  readonly answered?: ExecutionResult | undefined;
}

export interface YogaOptions {
  readonly endpoint: string;
  readonly schema: GraphQLSchema;
  readonly operations: Operations;
  readonly logger: Logger;
}

/** GraphQL over HTTP for requests that were let in. */
export function createGraphQL(options: YogaOptions): YogaServerInstance<YogaRequest, object> {
  const { endpoint, schema, operations, logger } = options;
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
    extraParamNames: [...extraNames],
    plugins: [
      readableParameters,
      namedDocuments,
      operationsPlugin(operations),
      publicErrors(logger),
      versionsPlugin,
    ],
  });
}

/** Runs operations by `run` in place of Yoga's own steps. */
function operationsPlugin(run: Operations): Plugin<YogaRequest> {
  return {
    onParams({ setParamsHandler }) {
      setParamsHandler(async ({ params, request, context }) => {
        const { admission, response, answered } = context as unknown as YogaRequest;
        if (answered) return answered;
        return answerRequest(run, params, {
          admission,
          headers: response,
          readOnly: request.method === "GET",
          idempotencyKey: request.headers.get("idempotency-key") ?? undefined,
          streams: request.headers.get("accept")?.includes("text/event-stream") ?? false,
        });
      });
    },
  };
}

/** Shows callers what they may see of errors, whichever step of a request they come from. */
function publicErrors(logger: Logger): Plugin<YogaRequest> {
  const requestIdOf = (context: unknown) => (context as YogaRequest).admission.requestId;
  return {
    onResultProcess({ result, setResult, serverContext }) {
      // The results of a stream are shown one by one, as they are made.
      if (isStream(result as ExecutionResult)) return;
      const requestId = requestIdOf(serverContext);
      const results = Array.isArray(result) ? result : [result];
      const shown = results.map((one) => {
        if (!("errors" in one) || !one.errors?.length) return one;
        // Errors of fields stand beside data, in an answer that is good; an answer without data fails as a whole.
        const whole = !("data" in one) || one.data === undefined;
        const errors = one.errors.map((error) => {
          const known = publicError(coded(error), requestId, logger);
          return whole ? withHttp(withStatus(known), error) : known;
        });
        return { ...one, errors };
      });
      setResult((Array.isArray(result) ? shown : shown[0]) as typeof result);
    },
    onResponse({ response, setResponse, serverContext, fetchAPI }) {
      if (response.ok || response.body) return;
      const message = `Accept one of the types of answers: ${answerTypes.join(", ")}.`;
      const { requestId, version } = (serverContext as unknown as YogaRequest).admission;
      const error = publicError(requestError("INVALID_REQUEST", message), requestId, logger);
      const answer = resultFor(version, { errors: [error] });
      setResponse(fetchAPI.Response.json(answer, { status: response.status }));
    },
  };
}

const answerTypes = ["application/graphql-response+json", "application/json", "text/event-stream"];

/** What Yoga says of a request that is no GraphQL over HTTP, with a code where it has one of its own. */
function coded(error: GraphQLError): GraphQLError {
  const { http } = error.extensions;
  return http?.status === 405 ? requestError("METHOD_NOT_ALLOWED", error.message) : error;
}

/** Such a request has Yoga's status in every form of answer; others have theirs in the newer form only. */
function withHttp(shown: GraphQLError, { extensions: { http } }: GraphQLError): GraphQLError {
  if (!http?.status) return shown;
  const { message, extensions } = shown;
  const { status, headers = {} } = http;
  return new GraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
}

/** Lets requests name a document, by GET too: Yoga wants a text as query, and an empty one is none. */
const namedDocuments: Plugin<YogaRequest> = {
  onParams({ params, request, setParams }) {
    // What is no object is refused after this.
    if (typeof params !== "object" || params === null || Array.isArray(params)) return;
    const documentId =
      request.method === "GET" ? new URL(request.url).searchParams.get("documentId") : undefined;
    const named: OperationParams = documentId ? { ...params, documentId } : params;
    if (namesDocument(named)) setParams({ ...named, query: named.query ?? "" } as typeof params);
  },
};

/** Reads the JSON in the parameters of a GET, which Yoga takes for its own fault when it is none. */
const readableParameters: Plugin<YogaRequest> = {
  onRequestParse({ requestParser, setRequestParser }) {
    if (!requestParser) return;
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw requestError("INVALID_REQUEST", "variables and extensions must be JSON.", {
          http: { status: 400 },
        });
      }
    });
  },
};
