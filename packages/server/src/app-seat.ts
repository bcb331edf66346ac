import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import type { EngineOptions } from "./engine.ts";
import type { EngineDatabase } from "./engine-postgres.ts";
import type { OpenPublisher } from "./engine-publisher.ts";
import type { GatewayLoad } from "./gateway/gateway.ts";
import type { Api } from "./http/api.ts";
import type { Store } from "./store/store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** What a node of a cluster gives the server that it runs while it holds the lease. */
export interface EngineSeat {
  /** The database of all nodes, and the term in which it may write there. @defaultValue the data folder */
  readonly database?: EngineDatabase;
  /** Where other nodes reach it. */
  readonly url: string;
  /** Hands it the requests of all nodes. @returns takes no more of them, and resolves when those under way are answered */
  readonly serve: (engine: RequestListener) => (limitMs: number) => Promise<void>;
  /** Opens what carries what was committed to all nodes. */
  readonly openPublisher: OpenPublisher;
  /** What the viewers of this node cost: nobody follows jobs at the server itself. */
  readonly viewers: () => GatewayLoad;
  /** Told of credentials that were revoked, by their ids, for all nodes. */
  readonly onRevoked: (revokedIds: readonly string[]) => void;
}

/** Where nodes see that something about credentials has changed. */
const VERSION = { collection: "credentials", id: "version" } as const;

/** What the engine of a server gets from its node; nothing for one that is alone. */
export function partsOfSeat(seat: EngineSeat | undefined): Pick<EngineOptions, "database" | "openPublisher"> {
  if (seat === undefined) return {};
  const { database, openPublisher } = seat;
  return { openPublisher, ...(database !== undefined && { database }) };
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
