import type { IncomingMessage } from "node:http";
import type { AuthenticatedKey } from "../domains/access/index.ts";
import { requestError } from "../graph/errors.ts";
import { newId } from "../kit/ids.ts";

const ownRequestId = /^[\w.:-]{1,100}$/;

/** The id of a request: the caller's own from `x-request-id`, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && ownRequestId.test(given) ? given : `req_${newId()}`;
}

/** Whose request this is by its `x-api-key`; throws UNAUTHENTICATED for a key that is missing, malformed, unknown or revoked. */
export async function authenticate(
  request: IncomingMessage,
  find: (key: string) => Promise<AuthenticatedKey | null>,
): Promise<AuthenticatedKey> {
  const given = request.headers["x-api-key"];
  if (typeof given !== "string" || !given) {
    throw requestError("UNAUTHENTICATED", "Send your API key in the header x-api-key.");
  }
  const key = await find(given);
  if (!key) throw requestError("UNAUTHENTICATED", "The API key in x-api-key is not valid, or was revoked.");
  return key;
}
