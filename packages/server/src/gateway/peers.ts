import { CLOSE_CODES } from "@playhead/core";
import { endsWith, type Viewer } from "./viewer.ts";

/** Someone who is connected, over whatever. */
export interface Peer {
  /** Replaced when the credential is renewed. */
  viewer: Viewer;
  /** Time for a sign of life. */
  readonly beat: () => void;
  /** What waits for it here, in bytes, and what was handed over and is unread. */
  readonly load: () => { readonly waitingBytes: number; readonly unreadBytes: number };
  /** Ends the connection with a code of `CLOSE_CODES`. */
  readonly end: (code: number, reason: string) => void;
}

export interface PeersDeps {
  readonly nowMs: () => number;
  /** Calls the listener with each credential that is revoked, and each session that is ended. @returns ends it */
  readonly onRevoked: (listener: (revokedId: string) => void) => () => void;
}

/** A credential that has run out may be renewed for so long. */
const GRACE_MS = 25_000;

/** Who is connected, and whether their credentials still hold. */
export function createPeers({ nowMs, onRevoked }: PeersDeps) {
  const peers = new Set<Peer>();
  /** What was revoked while someone was being looked up: it may be theirs. */
  const revokedMeanwhile = new Set<string>();
  let asking = 0;

  const unsubscribe = onRevoked((revokedId) => {
    if (asking > 0) revokedMeanwhile.add(revokedId);
    for (const peer of peers) {
      if (endsWith(peer.viewer, revokedId)) peer.end(CLOSE_CODES.revoked, "the credential was revoked");
    }
  });

  const isRevokedMeanwhile = (viewer: Viewer) => [...revokedMeanwhile].some((id) => endsWith(viewer, id));

  return {
    all: (): ReadonlySet<Peer> => peers,
    add: (peer: Peer): void => void peers.add(peer),
    delete: (peer: Peer): void => void peers.delete(peer),
    /** Finds out who asks, and uses that in the same turn, so that no revocation falls between. */
    async identify<Result>(ask: () => Promise<Viewer | null>, use: (viewer: Viewer | null) => Result): Promise<Result> {
      asking += 1;
      try {
        const viewer = await ask();
        return use(viewer !== null && isRevokedMeanwhile(viewer) ? null : viewer);
      } finally {
        asking -= 1;
        if (asking === 0) revokedMeanwhile.clear();
      }
    },
    /** Ends those whose credential ran out and was not renewed. */
    endExpired(): void {
      const lastMs = nowMs() - GRACE_MS;
      for (const peer of peers) {
        const { expiresAtMs } = peer.viewer;
        if (expiresAtMs !== null && expiresAtMs <= lastMs) peer.end(CLOSE_CODES.token_expired, "the token ran out");
      }
    },
    close: unsubscribe,
  };
}

export type Peers = ReturnType<typeof createPeers>;
