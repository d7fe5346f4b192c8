import type { GraphQLError } from "graphql";
import { requestError } from "../../graph/errors.ts";

/** What is told of a request that would have had to wait for too long. */
export function tooBusy(retryAfter: number): GraphQLError {
  return requestError(
    "SERVICE_UNAVAILABLE",
    `The server has more to do than it can do soon, so nothing of this request was done. Try again in ${retryAfter} s.`,
    { retryAfter },
  );
}
