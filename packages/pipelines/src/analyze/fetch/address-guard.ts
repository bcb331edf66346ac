import type { LookupFunction } from "node:net";
import { PlayheadError } from "@playhead/sdk";
import {
  ADDRESS_REFUSED,
  createAddressGuard as guardAddresses,
  hostOf,
  type ResolvedAddress,
} from "../../media/address-guard.ts";

export interface AddressGuardOptions {
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean;
  /** @defaultValue the system's resolver */
  readonly resolve?: ((host: string) => Promise<readonly ResolvedAddress[]>) | undefined;
}

/** Says which addresses may be called. */
export interface AddressGuard {
  /**
   * Reads an address that is to be called.
   *
   * @throws PlayheadError `source_refused` for one that is none, or may not be called whatever its name stands for
   */
  read(text: string, base?: URL): URL;
  /** For `node:http`: the addresses of a name, if they may be called. */
  readonly lookup: LookupFunction;
}

/**
 * Keeps a feed from sending us where its author could not go (SSRF), in the words of who asks for an analysis. Every
 * redirect is read anew.
 */
export function createAddressGuard({ allowPrivate, resolve }: AddressGuardOptions): AddressGuard {
  const guard = guardAddresses(allowPrivate, resolve);
  return {
    read(text, base) {
      const url = URL.parse(text, base) ?? null;
      if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
        throw new PlayheadError("source_refused", "expected an http or https address", {
          hint: "only what is fetched over http or https can be analyzed; give local files as a folder",
          detail: { protocol: url?.protocol ?? null },
        });
      }
      if (!guard.mayCall(url)) throw refused(hostOf(url));
      return url;
    },
    lookup(host, options, callback) {
      guard.lookup(host, options, (error, address, family) =>
        callback(error?.code === ADDRESS_REFUSED ? refused(host) : error, address, family),
      );
    },
  };
}

function refused(host: string): PlayheadError {
  return new PlayheadError("source_refused", `${host} leads to this machine or to a private network`, {
    hint: "allow private addresses (--allow-private) only for sources that you trust",
    detail: { refused: true },
  });
}
