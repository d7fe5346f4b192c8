import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

/** What proxies say of whom they ask for. */
const forwarding = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] as const;

/**
 * Whether someone at this machine asks for this machine: over a loopback address, by a name that means it, and not by way of a proxy.
 * The name counts because any site can let a name of its own lead here, and its pages would then be of the same origin.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  return (
    isLoopback(socket.remoteAddress) &&
    isLoopback(socket.localAddress) &&
    isLoopbackName(headers.host) &&
    forwarding.every((name) => headers[name] === undefined)
  );
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === "loopback";
}

/** Names under `localhost` lead to loopback addresses wherever they are looked up (RFC 6761). */
function isLoopbackName(host: string | undefined): boolean {
  const name = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<other>[^:]+))(?::\d*)?$/i.exec(host ?? "")?.groups;
  if (!name) return false;
  const { v6, other = "" } = name;
  if (v6 !== undefined) return isLoopback(v6);
  return /^(?:.+\.)?localhost\.?$/i.test(other) || (/^[\d.]+$/.test(other) && isLoopback(other));
}
