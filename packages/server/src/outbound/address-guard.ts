import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { EMBEDDED_IPV4_NETWORKS, NEVER_CALLED_NETWORKS, PlayheadError, PRIVATE_NETWORKS } from "@playhead/core";

export interface AddressGuardOptions {
  /** Whether addresses of private networks, and of this machine, may be called. */
  readonly allowPrivate: boolean;
  /** Which of them may be called beside: names, addresses, networks such as `10.1.0.0/16`. @defaultValue none */
  readonly allow?: readonly string[];
  /** What the one who reads a refusal has written, and what may be set so that it is none. */
  readonly words: { readonly field: string; readonly setting: string };
  /** @defaultValue the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = readNetwork(network);
    list.addSubnet(address, bits, family);
  }
  return list;
}

function readNetwork(text: string) {
  const [address = "", bits] = text.split("/");
  const isV6 = isIP(address) === 6;
  return { address, bits: Number(bits ?? (isV6 ? 128 : 32)), family: isV6 ? ("ipv6" as const) : ("ipv4" as const) };
}

const NAME = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i;

/** @returns whether something may stand in {@link AddressGuardOptions.allow} */
export function isAllowEntry(text: string): boolean {
  const { address, bits, family } = readNetwork(text);
  if (isIP(address) === 0) return text.length <= 253 && NAME.test(text) && !/^[\d.]+$/.test(text);
  return !text.includes("%") && Number.isInteger(bits) && bits >= 0 && bits <= (family === "ipv6" ? 128 : 32);
}

const NEVER = listOf(...NEVER_CALLED_NETWORKS);
const PRIVATE = listOf(...PRIVATE_NETWORKS);
const EMBEDDED_V4 = listOf(...EMBEDDED_IPV4_NETWORKS);

/**
 * Keeps our server from being sent where others cannot go (SSRF). A name is resolved once, all its addresses are looked
 * at, and the connection goes to those very addresses: a name that answers otherwise the second time gains nothing.
 */
export function createAddressGuard(options: AddressGuardOptions) {
  const { allowPrivate, allow = [], words, resolve = resolveBySystem } = options;
  const isNetwork = (entry: string) => isIP(readNetwork(entry).address) !== 0;
  const allowedNetworks = listOf(...allow.filter(isNetwork));
  const allowedNames = new Set(allow.filter((entry) => !isNetwork(entry)).map((name) => name.toLowerCase()));

  /** @param host the name that stands for the address */
  function mayCall(address: string, host: string): boolean {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (NEVER.check(address, family)) return false;
    const embedded = family === "ipv6" && address !== "::1" ? embeddedV4(address) : null;
    if (embedded !== null) return mayCall(embedded, host);
    if (allowPrivate || !PRIVATE.check(address, family)) return true;
    return allowedNetworks.check(address, family) || allowedNames.has(host.toLowerCase());
  }

  async function resolveGuarded(host: string): Promise<readonly ResolvedAddress[]> {
    const addresses = await resolve(host);
    // One bad address spoils the name: who serves it answers for all of them.
    if (addresses.length === 0 || !addresses.every(({ address }) => mayCall(address, host))) throw refused(host);
    return addresses;
  }

  function refused(host: string): PlayheadError {
    return new PlayheadError("validation_error", `${words.field} may not lead to ${host}`, {
      hint: `an address of a private network or of this machine is called only with ${words.setting}`,
      detail: { refused: true },
    });
  }

  return {
    /**
     * Reads an address that is to be called.
     *
     * @throws PlayheadError `validation_error` for one that is none, or may not be called whatever its name says
     */
    read(text: string): URL {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
        throw new PlayheadError("validation_error", `expected ${words.field} to be an http or https address`);
      }
      if (url.username !== "" || url.password !== "") {
        throw new PlayheadError("validation_error", `expected ${words.field} to carry no user and no password`, {
          hint: "what is sent is signed; check webhook-signature instead",
        });
      }
      const host = hostOf(url);
      if (isIP(host) !== 0 && !mayCall(host, host)) throw refused(host);
      return url;
    },
    /** For `node:http`: the addresses of a name that may be called, or an error. */
    lookup: ((host, options, callback) => {
      resolveGuarded(host).then(
        (addresses) => {
          const [first] = addresses as readonly [ResolvedAddress];
          if (options.all === true) callback(null, [...addresses]);
          else callback(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ""),
      );
    }) satisfies LookupFunction,
  };
}

export type AddressGuard = ReturnType<typeof createAddressGuard>;

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
