/**
 * Networks that nobody who is to be called lives in, whatever is allowed: "this" network, link-local (where clouds keep their
 * metadata), multicast, reserved.
 */
export const NEVER_CALLED_NETWORKS: readonly string[] = [
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"],
  // Metadata services outside of the link-local networks.
  ...["100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128"],
  ...["::/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"],
  // Ways from IPv6 into IPv4 that lead who knows where.
  ...["2002::/16", "2001::/32", "64:ff9b:1::/48"],
];

/** This machine, private networks, and those that are for examples and tests: called only where that is allowed. */
export const PRIVATE_NETWORKS: readonly string[] = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["::1/128", "fc00::/7", "2001:db8::/32"],
];

/** IPv4 in IPv6: mapped, compatible, and translated by NAT64. What is embedded are the last 32 bits. */
export const EMBEDDED_IPV4_NETWORKS: readonly string[] = ["::ffff:0:0/96", "::/96", "64:ff9b::/96"];
