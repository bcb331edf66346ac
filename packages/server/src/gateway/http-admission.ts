import type { IncomingMessage } from "node:http";
import { PlayheadError } from "@playhead/core";
import type { Place, Places } from "./connection-limits.ts";
import { noSuchJob } from "./job-start.ts";
import type { Peer, Peers } from "./peers.ts";
import { mayFollow, type Viewer } from "./viewer.ts";

export interface HttpAdmissionDeps {
  readonly peers: Peers;
  readonly places: Places;
  readonly authenticate: (request: IncomingMessage) => Promise<Viewer | null>;
  readonly nowMs: () => number;
}

/** Who follows a job over HTTP, and may. */
export interface Admitted {
  readonly viewer: Viewer;
  /** Gives the place back; the peer is gone. */
  readonly leave: () => void;
}

/**
 * Lets someone follow a job over HTTP, counted and watched like a socket.
 *
 * @throws PlayheadError `unauthorized`, `not_found` for a job that the credential does not cover, `rate_limited` and
 * `service_unavailable` where there is no room.
 */
export function admitHttp(
  { peers, places, authenticate, nowMs }: HttpAdmissionDeps,
  request: IncomingMessage,
  jobId: string,
  peerOf: (viewer: Viewer) => Peer,
): Promise<Admitted> {
  const place = expectPlace(places.enter(request.socket.remoteAddress));
  return peers
    .identify(
      () => authenticate(request),
      (viewer) => {
        if (viewer === null || (viewer.expiresAtMs !== null && viewer.expiresAtMs <= nowMs())) throw unauthorized();
        if (!mayFollow(viewer, jobId)) throw noSuchJob(jobId);
        if (!place.takeFor(viewer.tenantId)) {
          throw new PlayheadError("rate_limited", "too many connections of one tenant; come back later");
        }
        const peer = peerOf(viewer);
        peers.add(peer);
        const leave = () => {
          peers.delete(peer);
          place.leave();
        };
        return { viewer, leave };
      },
    )
    .catch((error: unknown) => {
      place.leave();
      throw error;
    });
}

/** What is said to who comes without a credential, or whose credential ended. */
export function unauthorized(): PlayheadError {
  return new PlayheadError("unauthorized", "expected a valid token or a signed-in session");
}

function expectPlace(place: Place | "total" | "address"): Place {
  if (place === "total") throw new PlayheadError("service_unavailable", "too many connections; come back later");
  if (place === "address") {
    throw new PlayheadError("rate_limited", "too many connections from one address; come back later");
  }
  return place;
}
