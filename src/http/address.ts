import type { IncomingMessage } from "node:http";
import proxyaddr from "proxy-addr";

/** Finds out from which address a request came. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * The address at the other end of the connection; when that is one of `trustedProxies` (addresses, networks, `loopback`,
 * `linklocal`, `uniquelocal`), the last one in `X-Forwarded-For` that is none of them. Throws for a name that is neither.
 */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  const trusted = proxyaddr.compile([...trustedProxies]);
  return (request) => proxyaddr(request, trusted) ?? "";
}
