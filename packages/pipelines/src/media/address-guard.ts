import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Nobody who is to be called lives there: "this" network, link-local (where clouds keep their metadata), multicast, reserved. */
const NEVER = listOf(
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"],
  ...["100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128"],
  ...["::/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64"],
  // Ways from IPv6 into IPv4 that lead who knows where.
  ...["2002::/16", "2001::/32", "64:ff9b:1::/48"],
);
const PRIVATE = listOf(
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["::1/128", "fc00::/7", "2001:db8::/32"],
);
/** IPv4 in IPv6: mapped, compatible, and translated by NAT64. */
const EMBEDDED_V4 = listOf("::ffff:0:0/96", "::/96", "64:ff9b::/96");

/** Keeps a worker from being sent where others cannot go (SSRF). */
export interface AddressGuard {
  /** Whether an address as it is written may be called; of a name only {@link lookup} can tell. */
  mayCall(url: URL): boolean;
  /** For `node:http`: the addresses of a name, or an error when one of them may not be called. */
  readonly lookup: LookupFunction;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** The code of the error that {@link AddressGuard.lookup} gives. */
export const ADDRESS_REFUSED = "ADDRESS_REFUSED";

/**
 * A name is resolved once, all its addresses are looked at, and the connection goes to those very addresses: a name that
 * answers otherwise the second time gains nothing. It is the same guard that the server puts before callbacks.
 *
 * @param allowPrivate whether addresses of private networks, and of this machine, may be called
 */
export function createAddressGuard(
  allowPrivate: boolean,
  resolve: (host: string) => Promise<readonly ResolvedAddress[]> = resolveBySystem,
): AddressGuard {
  function isFit(address: string): boolean {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (NEVER.check(address, family)) return false;
    const embedded = family === "ipv6" && address !== "::1" ? embeddedV4(address) : null;
    if (embedded !== null) return isFit(embedded);
    return allowPrivate || !PRIVATE.check(address, family);
  }

  async function resolveGuarded(host: string): Promise<readonly ResolvedAddress[]> {
    const addresses = await resolve(host);
    // One bad address spoils the name: who serves it answers for all of them.
    if (addresses.length > 0 && addresses.every(({ address }) => isFit(address))) return addresses;
    throw Object.assign(new Error(`${host} may not be called`), { code: ADDRESS_REFUSED });
  }

  return {
    mayCall(url) {
      const host = hostOf(url);
      return isIP(host) === 0 || isFit(host);
    },
    lookup(host, options, callback) {
      resolveGuarded(host).then(
        (addresses) => {
          const [first] = addresses as readonly [ResolvedAddress];
          if (options.all === true) callback(null, [...addresses]);
          else callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ""),
      );
    },
  };
}

function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/** The host of an address, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function embeddedV4(address: string): string | null {
  if (!EMBEDDED_V4.check(address, "ipv6")) return null;
  // The URL parser writes any IPv6 address in its one short form: what is embedded are the last two groups.
  const groups = hostOf(new URL(`http://[${address.split("%", 1)[0]}]`)).split(":");
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group === "" ? "0" : group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function resolveBySystem(host: string): Promise<readonly ResolvedAddress[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly ResolvedAddress[]>();
  dnsLookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  return promise;
}
