import { GraphQLError } from "graphql";

/** The codes of errors that stand at the top of an answer, each with its HTTP status and type. */
const kinds = {
  INVALID_REQUEST: { status: 400, type: "invalid_request_error" },
  PERSISTED_DOCUMENT_NOT_FOUND: { status: 400, type: "invalid_request_error" },
  PERSISTED_QUERY_NOT_FOUND: { status: 400, type: "invalid_request_error" },
  ANSWER_TOO_LARGE: { status: 400, type: "invalid_request_error" },
  RESOURCE_MISSING: { status: 404, type: "invalid_request_error" },
  CURSOR_EXPIRED: { status: 410, type: "invalid_request_error" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, type: "invalid_request_error" },
  UNAUTHENTICATED: { status: 401, type: "authentication_error" },
  PERMISSION_DENIED: { status: 403, type: "permission_error" },
  METHOD_NOT_ALLOWED: { status: 405, type: "invalid_request_error" },
  IDEMPOTENCY_CONFLICT: { status: 409, type: "idempotency_error" },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, type: "idempotency_error" },
  RATE_LIMIT_EXCEEDED: { status: 429, type: "rate_limit_error" },
  INTERNAL_ERROR: { status: 500, type: "api_error" },
  SERVICE_UNAVAILABLE: { status: 503, type: "api_error" },
} as const;

export type ErrorCode = keyof typeof kinds;

/** The extensions that every error with `code` carries. */
export function extensionsOf(code: ErrorCode): { code: ErrorCode; type: string } {
  return { code, type: kinds[code].type };
}

/** The HTTP status of an answer that holds nothing but an error with `code`. */
export function statusOf(code: ErrorCode): number {
  return kinds[code].status;
}

/** An error for the top of the answer: what the caller cannot mend in the payload of a mutation. */
export function requestError(
  code: ErrorCode,
  message: string,
  extensions: Record<string, unknown> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensionsOf(code), ...extensions } });
}
