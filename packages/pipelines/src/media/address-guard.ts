import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { EMBEDDED_IPV4_NETWORKS, NEVER_CALLED_NETWORKS, PRIVATE_NETWORKS } from "@playhead/sdk";

const NEVER = listOf(...NEVER_CALLED_NETWORKS);
const PRIVATE = listOf(...PRIVATE_NETWORKS);
const EMBEDDED_V4 = listOf(...EMBEDDED_IPV4_NETWORKS);

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
 * answers otherwise the second time gains nothing. By the lists that the server goes by before it calls somebody back.
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
