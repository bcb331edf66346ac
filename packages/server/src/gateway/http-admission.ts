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

/** Who follows something over HTTP, and may. */
export interface Admitted {
  readonly viewer: Viewer;
  /** Gives the place back; the peer is gone. */
  readonly leave: () => void;
}

/**
 * Lets someone follow a job over HTTP, counted and watched like a socket.
 *
 * @param jobId null for what is all of the tenant's
 * @throws PlayheadError `unauthorized`, `not_found` for a job that the credential does not cover, `forbidden` for a
 * credential of single jobs that asks for more, `rate_limited` and `service_unavailable` where there is no room.
 */
export function admitHttp(
  { peers, places, authenticate, nowMs }: HttpAdmissionDeps,
  request: IncomingMessage,
  jobId: string | null,
  peerOf: (viewer: Viewer) => Peer,
): Promise<Admitted> {
  const place = expectPlace(places.enter(request.socket.remoteAddress));
  return peers
    .identify(
      () => authenticate(request),
      (viewer) => {
        if (viewer === null || (viewer.expiresAtMs !== null && viewer.expiresAtMs <= nowMs())) throw unauthorized();
        if (jobId !== null && !mayFollow(viewer, jobId)) throw noSuchJob(jobId);
        if (jobId === null && viewer.jobIds !== null) {
          throw new PlayheadError("forbidden", "this credential is for single jobs: it does not follow alerts");
        }
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
