import ipaddr from "ipaddr.js";

/**
 * A network in CIDR notation, IPv4 or IPv6, as it is stored: its first address and the length of its prefix. A single
 * address is the network of itself. Null for what is neither.
 */
export function networkOf(text: string): string | null {
  const cidr = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (text.includes(":") ? !isIPv6Network(cidr) : !ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) return null;
  const [, prefix] = ipaddr.parseCIDR(cidr);
  const kind = text.includes(":") ? ipaddr.IPv6 : ipaddr.IPv4;
  return `${kind.networkAddressFromCIDR(cidr).toString()}/${prefix}`;
}

/** IPv4 addresses in the clothes of IPv6 are written as IPv4, and an interface's name says nothing of a caller. */
function isIPv6Network(cidr: string): boolean {
  return ipaddr.IPv6.isValidCIDR(cidr) && !/%|^::ffff:/i.test(cidr);
}

/** Whether an address lies in one of the networks. IPv4 addresses may be written as IPv6 (`::ffff:10.0.0.1`). */
export function isWithin(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ranges = { within: networks.map((network) => ipaddr.parseCIDR(network)) };
  return ipaddr.subnetMatch(ipaddr.process(address), ranges, "") === "within";
}
