import { GraphQLError } from "graphql";
import { isPassing } from "../db/unavailable.ts";
import { extensionsOf, requestError, statusOf } from "../graph/errors.ts";
import { logFault } from "./load/fault-log.ts";
import type { Logger } from "./logger.ts";

/**
 * What a caller may see of an error: our own errors as they are, those of the GraphQL language (a syntax error, an unknown
 * field, a variable of the wrong type) as INVALID_REQUEST, and anything else as INTERNAL_ERROR without a word of what it
 * was. Every error names the request.
 */
export function publicError(error: unknown, requestId: string, logger: Logger): GraphQLError {
  if (!(error instanceof GraphQLError) || isOurs(error)) return hidden(error, requestId, logger);
  const { http: _, ...extensions } = error.extensions;
  const coded = isCoded(error) ? extensions : extensionsOf("INVALID_REQUEST");
  return withExtensions(error, { ...coded, requestId });
}

/** Characters of a message that are told. What the caller sent can stand in it, and be as long as a request. */
const longestMessage = 1_000;

/** One rule of GraphQL suggests a selection even where it is told to suggest nothing. */
const suggestion = / Did you mean "[^"]*"\?$/;

function shortened(message: string): string {
  if (message.length <= longestMessage) return message.replace(suggestion, "");
  return `${message.slice(0, longestMessage).toWellFormed()}…`;
}

/**
 * Whether a resolver failed, or what it gave at `path` is no value of the graph. For what a caller got wrong, GraphQL
 * names a place in the document; for a value that a scalar or an enum could not tell, it names none.
 */
function isOurs({ originalError, path }: GraphQLError): boolean {
  if (!originalError) return false;
  if (!(originalError instanceof GraphQLError)) return true;
  return path !== undefined && !isCoded(originalError) && !originalError.nodes;
}

/**
 * Errors that have their HTTP status in the newer form of answers only; in the older one, GraphQL over HTTP asks for 200, and
 * so do clients of automatic persisted queries.
 */
const inNewerForm: ReadonlySet<string> = new Set(["INVALID_REQUEST", "PERSISTED_QUERY_NOT_FOUND"]);

/** The error with the HTTP status that an answer which holds nothing else should have. */
export function withStatus(error: GraphQLError): GraphQLError {
  const { code, retryAfter } = error.extensions as {
    code: Parameters<typeof statusOf>[0];
    retryAfter?: number;
  };
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return withExtensions(error, {
    ...error.extensions,
    http: { spec: inNewerForm.has(code), status: statusOf(code), headers },
  });
}

function hidden(error: unknown, requestId: string, logger: Logger): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined;
  const cause = located?.originalError ?? error;
  const shown = isPassing(cause) ? unavailable() : unexpected();
  logFault(logger, { error: cause, requestId, path: located?.path }, shown.message);
  return new GraphQLError(shown.message, {
    ...(located?.path && { path: located.path }),
    extensions: { ...shown.extensions, requestId },
  });
}

const unexpected = () =>
  requestError("INTERNAL_ERROR", "Something went wrong on our side. Nothing of it was your fault.");

const unavailable = () =>
  requestError("SERVICE_UNAVAILABLE", "The service cannot answer at the moment. Try again shortly.", {
    retryAfter: 1,
  });

function isCoded(error: GraphQLError): boolean {
  return "type" in error.extensions && "code" in error.extensions;
}

/** The same error with other extensions. */
export function withExtensions(error: GraphQLError, extensions: Record<string, unknown>): GraphQLError {
  const { message, nodes, source, positions, path } = error;
  return new GraphQLError(shortened(message), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  });
}
