import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
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

/** What one caller has of addresses: one of IPv4, and of IPv6 the 64 bits that a network is given at the least. */
export function networkOfAddress(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4" ? parsed.toString() : parsed.toByteArray().slice(0, 8).join(".");
}
