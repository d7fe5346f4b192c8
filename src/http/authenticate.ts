import type { IncomingMessage, ServerResponse } from "node:http";
import { type AuthenticatedKey, type Credential, isWithin } from "../domains/access/index.ts";
import { requestError } from "../graph/errors.ts";
import type { AddressOf } from "./address.ts";

export interface Authenticators {
  readonly findKey: (key: string) => Promise<AuthenticatedKey | null>;
  /** Told of each key that is used. */
  readonly recordUse: (key: AuthenticatedKey) => void;
  readonly addressOf: AddressOf;
  /** Reads access tokens; throws UNAUTHENTICATED, or SERVICE_UNAVAILABLE. Without it there are keys only. */
  readonly readToken?: ((token: string) => Promise<Credential>) | undefined;
}

/**
 * Whose request this is, by its `x-api-key` or by the access token in `Authorization: Bearer`. Throws INVALID_REQUEST for
 * both at once, and UNAUTHENTICATED for neither, for one that is not valid, and for a key from where it may not be used.
 */
export async function authenticate(
  request: IncomingMessage,
  response: ServerResponse,
  authenticators: Authenticators,
): Promise<Credential> {
  const key = request.headers["x-api-key"];
  const bearer = /^Bearer(?: +(?<token>.*))?$/i.exec(request.headers.authorization ?? "");
  if (key !== undefined && bearer) {
    throw requestError("INVALID_REQUEST", "Send x-api-key or an access token, not both.");
  }
  const { readToken } = authenticators;
  if (!bearer || !readToken) {
    if (readToken) response.setHeader("www-authenticate", "Bearer");
    const found = await byKey(key, request, authenticators);
    response.removeHeader("www-authenticate");
    return found;
  }
  response.setHeader("www-authenticate", `Bearer error="invalid_token"`);
  const found = await readToken(bearer.groups?.["token"] ?? "");
  response.removeHeader("www-authenticate");
  return found;
}

async function byKey(
  given: string | string[] | undefined,
  request: IncomingMessage,
  { findKey, recordUse, addressOf }: Authenticators,
): Promise<Credential> {
  if (typeof given !== "string" || !given) {
    throw requestError("UNAUTHENTICATED", "Send your API key in the header x-api-key.");
  }
  const key = await findKey(given);
  if (!key) {
    throw requestError(
      "UNAUTHENTICATED",
      "The API key in x-api-key is not valid, has expired or was revoked.",
    );
  }
  if (key.allowedAddresses.length && !isWithin(addressOf(request), key.allowedAddresses)) {
    throw requestError(
      "UNAUTHENTICATED",
      "The API key in x-api-key may not be used from this address: it has a list of allowed addresses.",
    );
  }
  recordUse(key);
  return key;
}
