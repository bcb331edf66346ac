import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import type { Config } from "./config/config.ts";
import type { EngineOptions } from "./engine.ts";
import type { OpenPublisher } from "./engine-publisher.ts";
import type { Api } from "./http/api.ts";
import type { Store } from "./store/store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** What a node of a cluster gives the server that it runs while it holds the lease. */
export interface EngineSeat {
  /** The term in which it may write; null when that is over. */
  readonly term: () => number | null;
  /** Where other nodes reach it. */
  readonly url: string;
  /** Hands it the requests of all nodes. @returns takes no more of them, and resolves when those under way are answered */
  readonly serve: (engine: RequestListener) => (limitMs: number) => Promise<void>;
  /** Opens what carries what was committed to all nodes. */
  readonly openPublisher: OpenPublisher;
  /** Told of credentials that were revoked, by their ids, for all nodes. */
  readonly onRevoked: (revokedIds: readonly string[]) => void;
}

/** Where nodes see that something about credentials has changed. */
const VERSION = { collection: "credentials", id: "version" } as const;

/** What an engine goes by, at a seat or alone. */
export function seatOfEngine(
  seat: EngineSeat | undefined,
  { database_url: url, database_pool: poolSize }: Config,
): Partial<EngineOptions> {
  return {
    ...(seat !== undefined && { openPublisher: seat.openPublisher }),
    ...(url !== undefined && { postgres: { url, poolSize, ...(seat !== undefined && { term: seat.term }) } }),
  };
}

/** What the node of a server has to know of a change of credentials. */
export function tellOfCredentials(
  { onRevoked }: Pick<EngineSeat, "onRevoked">,
  store: Pick<Store, "putDocument">,
  onError: (error: unknown) => void,
) {
  return async (revokedIds: readonly string[]): Promise<void> => {
    onRevoked(revokedIds);
    const body = { version: randomUUID() };
    // The change itself is stored: whoever made it has nothing to do again.
    await store.putDocument({ ...VERSION, tenantId: DEFAULT_TENANT, body, expiresMs: null }).catch(onError);
    // Who has read credentials since it was stored, but before this, reads them again.
    onRevoked(revokedIds);
  };
}

/** Which state of the credentials is stored; null for the first. */
export async function readCredentialsVersion(store: Pick<Store, "readDocument">): Promise<string | null> {
  const { version } = (await store.readDocument(VERSION.collection, VERSION.id))?.body ?? {};
  return typeof version === "string" ? version : null;
}

/** Has a server answer what comes to its node. @returns stops it */
export async function serveAtSeat(http: Api, seat: EngineSeat): Promise<(limitMs: number) => Promise<void>> {
  await http.ready();
  return seat.serve(http.routing as RequestListener);
}
