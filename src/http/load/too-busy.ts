import { GraphQLError } from "graphql";
import { extensionsOf } from "../../graph/errors.ts";

class TooBusy extends GraphQLError {}

/** What is told of a request that would have had to wait for too long. */
export function tooBusy(retryAfter: number): GraphQLError {
  const message = `The server has more to do than it can do soon, so nothing of this request was done. Try again in ${retryAfter} s.`;
  return new TooBusy(message, { extensions: { ...extensionsOf("SERVICE_UNAVAILABLE"), retryAfter } });
}

export function isTooBusy(error: GraphQLError): boolean {
  return error instanceof TooBusy;
}
