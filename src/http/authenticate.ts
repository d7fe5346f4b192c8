import type { IncomingMessage } from "node:http";
import { type AuthenticatedKey, type Credential, type FindKey, isWithin } from "../domains/access/index.ts";
import { requestError } from "../graph/errors.ts";
import { type Soon, andThen } from "../kit/soon.ts";
import type { AddressOf } from "./address.ts";
import type { HeaderSink } from "./headers.ts";

export interface Authenticators {
  readonly findKey: FindKey;
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
export function authenticate(
  request: IncomingMessage,
  headers: HeaderSink,
  authenticators: Authenticators,
): Soon<Credential> {
  const { "x-api-key": key, authorization } = request.headers;
  const bearer = authorization === undefined ? null : bearerToken.exec(authorization);
  if (key !== undefined && bearer) {
    throw requestError("INVALID_REQUEST", "Send x-api-key or an access token, not both.");
  }
  const { readToken } = authenticators;
  if (!readToken) return byKey(key, request, authenticators);
  headers.setHeader("www-authenticate", bearer ? `Bearer error="invalid_token"` : "Bearer");
  const found = bearer ? readToken(bearer.groups?.["token"] ?? "") : byKey(key, request, authenticators);
  return andThen(found, (credential) => {
    headers.removeHeader("www-authenticate");
    return credential;
  });
}

const bearerToken = /^Bearer(?: +(?<token>.*))?$/i;

function byKey(
  given: string | string[] | undefined,
  request: IncomingMessage,
  { findKey, recordUse, addressOf }: Authenticators,
): Soon<Credential> {
  if (typeof given !== "string" || !given) {
    throw requestError("UNAUTHENTICATED", "Send your API key in the header x-api-key.");
  }
  return andThen(findKey(given), (key) => {
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
  });
}
