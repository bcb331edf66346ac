import { PRESENCE_PATH } from "./engine-door.ts";
import { NODE_HEADER, type NodeProof } from "./node-proof.ts";
import { watchPresence } from "./presence.ts";

export interface SurroundingsDeps {
  /** Rejects in bounded time where PostgreSQL does not answer. */
  readonly askDatabase: () => Promise<unknown>;
  readonly isRedisConnected: () => boolean;
  /** Where the nodes reach the engine, this one too while it has it; null while nobody knows. */
  readonly engineAddress: () => string | null;
  /** Told when the engine has said nothing for the time of a lease: who waits for it may wait in vain. */
  readonly onEngineGone: () => void;
  readonly proof: NodeProof;
  readonly leaseMs: number;
  /** Of a clock that nobody sets. */
  readonly nowMs: () => number;
}

/** What a node can reach. */
export interface Reached {
  readonly postgresql: boolean;
  readonly redis: boolean;
  /** At the address that all nodes call. */
  readonly engine: boolean;
}

/** So often within the time of a lease it is looked who is there. */
const LOOKS = 6;
/** A node that does not answer in such a part of it is not there. */
const TRIES = 3;

/** Watches what a node depends on: it tells those who send it work whether it can do any. */
export function watchSurroundings(deps: SurroundingsDeps) {
  const { askDatabase, isRedisConnected, engineAddress, onEngineGone, proof, leaseMs, nowMs } = deps;
  const times = { everyMs: leaseMs / LOOKS, goneAfterMs: leaseMs, nowMs };
  const database = watchPresence({ ask: askDatabase, ...times });
  const engine = watchPresence({ ask: askEngine, onGone: onEngineGone, ...times });

  async function askEngine(): Promise<void> {
    const url = engineAddress();
    if (url === null) throw new Error("no node is known to have the engine");
    const signal = AbortSignal.timeout(Math.ceil(leaseMs / TRIES));
    const headers = { [NODE_HEADER]: proof.value };
    const answer = await fetch(new URL(PRESENCE_PATH, url), { headers, signal });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`its node answers ${answer.status}`);
  }

  return {
    /**
     * Why nobody should send it work; null when they should. Without PostgreSQL for longer than the lease, when others have
     * the engine, it can do nothing. Without Redis or the engine it shows what is stored: then all nodes may be so.
     */
    whyNotReady(): string | null {
      if (!database.isGone()) return null;
      return `PostgreSQL has not answered for ${Math.round(database.silentMs() / 1_000)} s`;
    },
    reaches: (): Reached => ({
      postgresql: database.isThere(),
      redis: isRedisConnected(),
      engine: engine.isThere(),
    }),
    databaseSilentMs: database.silentMs,
    close(): void {
      database.close();
      engine.close();
    },
  };
}
