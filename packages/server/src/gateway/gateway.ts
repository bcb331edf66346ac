import { randomInt } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { CLOSE_CODES } from "@playhead/core";
import type { LiveBus } from "../bus/bus.ts";
import { type OnAlertsChanged, openAlertStream } from "./alert-stream.ts";
import type { Feeds } from "./connection.ts";
import { type ConnectionLimits, createPlaces, DEFAULT_LIMITS } from "./connection-limits.ts";
import { type JobRequest, openEventStream } from "./event-stream.ts";
import { createFlusher } from "./flusher.ts";
import { createJobChannels } from "./job-channels.ts";
import type { FeedSource } from "./job-start.ts";
import { createJobsFeed, type JobsFeedSource } from "./jobs-feed.ts";
import { type PollAnswer, type PollRequest, pollJob } from "./long-poll.ts";
import { createPeers } from "./peers.ts";
import { createFrameJoiner } from "./shared-frame.ts";
import { createSocketServer } from "./socket-server.ts";
import type { BeginStream } from "./stream-answer.ts";
import type { Viewer } from "./viewer.ts";

export interface GatewayDeps {
  readonly source: Omit<FeedSource, "channels">;
  readonly bus: LiveBus;
  readonly readJobs: JobsFeedSource["readJobs"];
  readonly listJobs: Feeds["listJobs"];
  /** Only where the engine is: nodes hand streams of alerts on to it. */
  readonly onAlertsChanged?: OnAlertsChanged;
  /** Who asks; null when nobody we know, or from a page that is not ours. Throws `rate_limited`, like the next. */
  readonly authenticate: (request: IncomingMessage) => Promise<Viewer | null>;
  /** Whose token it is that came from an address; null when nobody's. */
  readonly authenticateToken: (token: string, address: string | undefined) => Promise<Viewer | null>;
  /** Calls the listener with each credential that is revoked, and each session that is ended. @returns ends it */
  readonly onRevoked: (listener: (revokedId: string) => void) => () => void;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  readonly limits?: Partial<ConnectionLimits>;
  /** How often each client is told where its jobs stand, and has to answer. @defaultValue 25,000 */
  readonly heartbeatMs?: number;
  /** How often a stream over HTTP says that it is there. @defaultValue 15,000 */
  readonly commentMs?: number;
  /** Ticks of one task come at most this often. @defaultValue 250 */
  readonly tickEveryMs?: number;
}

/** What viewers cost at the moment. */
export interface GatewayLoad {
  readonly connections: number;
  /** What waits for clients that do not read, and what was handed to the network and is unread. */
  readonly waitingBytes: number;
  readonly unreadBytes: number;
}

const HEARTBEAT_MS = 25_000;
const COMMENT_MS = 15_000;
/** How exactly the end of a credential is kept. */
const EXPIRY_CHECK_MS = 1_000;
/** Within this window clients come back after a disconnect; longer when the server goes away from very many. */
const RETRY_WINDOW_MS = 2_000;
const RETRY_WINDOW_MS_A_CONNECTION = 2;
/** A stream comes back no sooner than this. */
const MIN_RETRY_MS = 500;

/** The live end of the server: sockets, streams and polls, who may have them, and what they bring. */
export function createGateway(deps: GatewayDeps) {
  const { bus, nowMs, onError, heartbeatMs = HEARTBEAT_MS, commentMs = COMMENT_MS } = deps;
  const { onAlertsChanged = () => () => {} } = deps;
  const flusher = createFlusher(nowMs);
  const peers = createPeers({ nowMs, onRevoked: deps.onRevoked });
  const streams = createPeers({ nowMs, onRevoked: deps.onRevoked });
  const places = createPlaces({ ...DEFAULT_LIMITS, ...deps.limits });
  const jobs = createJobsFeed({ bus, readJobs: deps.readJobs, onError });
  const channels = createJobChannels({
    bus,
    nowMs,
    onError,
    ...(deps.tickEveryMs !== undefined && { tickEveryMs: deps.tickEveryMs }),
  });
  const source: FeedSource = { ...deps.source, channels };
  const feeds: Feeds = { source, jobs, listJobs: deps.listJobs };
  // Told last: whatever this flush of the bus brings anyone is in their outboxes by then.
  const endFlushes = bus.subscribeFlushes(flusher.flushDue);
  let retryWindowMs = RETRY_WINDOW_MS;
  const retryMs = () => MIN_RETRY_MS + randomInt(retryWindowMs);
  const { authenticate, authenticateToken } = deps;
  const sockets = createSocketServer({
    feeds,
    peers,
    places,
    flusher,
    join: createFrameJoiner(),
    authenticate,
    authenticateToken,
    nowMs,
    onError,
    heartbeatMs,
    retryWindowMs,
  });
  const httpDeps = { peers: streams, places, authenticate, nowMs, feeds, flusher, onError, retryMs, onAlertsChanged };

  const timers = [
    setInterval(() => beat(peers), heartbeatMs),
    setInterval(() => beat(streams), commentMs),
    setInterval(() => {
      peers.endExpired();
      streams.endExpired();
    }, EXPIRY_CHECK_MS),
  ];
  for (const timer of timers) timer.unref();

  return {
    /** Takes over the upgrades of an HTTP server. */
    attach(server: Server): void {
      server.on("upgrade", sockets.upgrade);
    },
    /** Opens a job's stream of server-sent events. */
    openStream: (request: IncomingMessage, asked: JobRequest): Promise<BeginStream> =>
      openEventStream(httpDeps, request, asked),
    /** Opens a stream that says when alerts have changed. */
    openAlertStream: (request: IncomingMessage): Promise<BeginStream> => openAlertStream(httpDeps, request),
    /** Looks at a job once, and waits if there is nothing new. */
    poll: (request: IncomingMessage, asked: PollRequest, signal: AbortSignal): Promise<PollAnswer> =>
      pollJob(httpDeps, request, asked, signal),
    /** How many connections there may be from now on; whoever is connected stays. */
    setLimits: places.setLimits,
    load(): GatewayLoad {
      const all = [...peers.all(), ...streams.all()].map((peer) => peer.load());
      return {
        connections: all.length,
        waitingBytes: all.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0),
        unreadBytes: all.reduce((sum, { unreadBytes }) => sum + unreadBytes, 0),
      };
    },
    /** Sends what is due, says goodbye to all, and cuts off who does not take it. */
    async close(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      jobs.close();
      endFlushes();
      retryWindowMs = Math.max(RETRY_WINDOW_MS, places.count() * RETRY_WINDOW_MS_A_CONNECTION);
      const reason = `the server is going away; retry_window_ms=${retryWindowMs}`;
      flusher.close();
      for (const stream of streams.all()) stream.end(CLOSE_CODES.going_away, reason);
      await sockets.close(reason);
      peers.close();
      streams.close();
    },
  };
}

export type Gateway = ReturnType<typeof createGateway>;

function beat(peers: ReturnType<typeof createPeers>): void {
  for (const peer of peers.all()) peer.beat();
}
