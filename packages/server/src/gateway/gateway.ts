import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, type JobSummary, type JobsFilter, SUBPROTOCOL } from "@playhead/core";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Bus } from "../bus/bus.ts";
import { type Connection, type ConnectionContext, INTERNAL_ERROR } from "./connection.ts";
import { createFlusher } from "./flusher.ts";
import type { FeedSource } from "./job-feed.ts";
import { createJobsFeed, type JobsFeedSource } from "./jobs-feed.ts";
import { createMessageLimit } from "./message-limit.ts";
import { createOutbox } from "./outbox.ts";
import { createSimpleConnection } from "./simple-connection.ts";
import { readSimpleRequest, splitAddress } from "./socket-address.ts";
import { createV1Connection } from "./v1-connection.ts";

export interface GatewayDeps {
  readonly source: FeedSource;
  readonly bus: Bus;
  readonly readJobs: JobsFeedSource["readJobs"];
  readonly listJobs: (tenantId: string, filter: JobsFilter) => Promise<readonly JobSummary[]>;
  /** Who asks; null when nobody we know, or from a page that is not ours. */
  readonly authenticate: (request: IncomingMessage) => Promise<{ readonly tenantId: string } | null>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  /** How often each client is told where its jobs stand, and has to answer. @defaultValue 25,000 */
  readonly heartbeatMs?: number;
}

const HEARTBEAT_MS = 25_000;
const RETRY_WINDOW_MS = 2_000;
const MAX_FRAME_BYTES = 16 * 1024;
const MAX_SUBSCRIPTIONS = 64;
const MAX_CONNECTIONS = 10_000;
/** How long a client has to take a close before it is cut off; less when the server ends. */
const CLOSE_LIMIT_MS = 5_000;
const LAST_CLOSE_LIMIT_MS = 1_000;
/** What the protocol allows a reason to be, in bytes; ours are cut well before. */
const MAX_REASON_LENGTH = 100;

interface Peer {
  readonly socket: WebSocket;
  readonly connection: Connection;
  alive: boolean;
}

/** The WebSocket end of the server: who may come in, what they speak, and whether they are still there. */
export function createGateway(deps: GatewayDeps) {
  const { heartbeatMs = HEARTBEAT_MS } = deps;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const flusher = createFlusher(deps.nowMs);
  const jobs = createJobsFeed({ bus: deps.bus, readJobs: deps.readJobs, onError: deps.onError });
  const peers = new Set<Peer>();
  let closing = false;

  const heartbeat = setInterval(() => {
    for (const peer of peers) {
      if (peer.alive) {
        peer.alive = false;
        peer.connection.beat();
        peer.socket.ping();
      } else {
        endSocket(peer.socket, CLOSE_CODES.no_pong, "no answer to a ping");
      }
    }
  }, heartbeatMs);
  heartbeat.unref();

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { path } = splitAddress(request.url);
    if (path !== "/" && path !== "/ws") return refuseUpgrade(stream, "404 Not Found");
    if (closing || wss.clients.size >= MAX_CONNECTIONS) return refuseUpgrade(stream, "503 Service Unavailable");
    // Browsers cannot read a failed handshake: the socket is taken, and then closed with a code that says why.
    wss.handleUpgrade(request, stream, head, (socket) => {
      // A frame that is too large, or no WebSocket frame at all: its sender is told, and it is no fault of ours.
      socket.on("error", () => undefined);
      admit(socket, request).catch((error: unknown) => {
        deps.onError(error);
        endSocket(socket, INTERNAL_ERROR, "internal error");
      });
    });
  }

  async function admit(socket: WebSocket, request: IncomingMessage): Promise<void> {
    const isWithinLimit = createMessageLimit(deps.nowMs);
    // What the client says while we look who it is waits its turn.
    const early: string[] = [];
    let receive = (text: string): void => void early.push(text);
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (socket.readyState !== socket.OPEN) return;
      if (!isWithinLimit()) endSocket(socket, CLOSE_CODES.rate_limited, "too many messages");
      else if (isBinary) endSocket(socket, CLOSE_CODES.malformed, "expected text frames");
      else receive(String(data));
    });
    const principal = await deps.authenticate(request);
    if (socket.readyState !== socket.OPEN) return;
    if (principal === null) {
      return endSocket(socket, CLOSE_CODES.bad_token, "expected a valid token or a signed-in session");
    }
    const connection = connect(socket, principal.tenantId, splitAddress(request.url).query);
    if (connection === null) return;
    const peer: Peer = { socket, connection, alive: true };
    peers.add(peer);
    socket.on("pong", () => {
      peer.alive = true;
    });
    socket.on("close", () => {
      peers.delete(peer);
      connection.ended();
    });
    receive = (text) => connection.receive(text);
    for (const text of early) if (socket.readyState === socket.OPEN) connection.receive(text);
  }

  function connect(socket: WebSocket, tenantId: string, query: URLSearchParams): Connection | null {
    const isV1 = socket.protocol === SUBPROTOCOL;
    const request = isV1 ? null : readSimpleRequest(query);
    if (typeof request === "string") {
      endSocket(socket, CLOSE_CODES.malformed, request);
      return null;
    }
    const outbox = createOutbox({
      socket,
      nowMs: deps.nowMs,
      join: isV1 ? (frames) => `{"type":"batch","data":{"events":[${frames.join(",")}]}}` : null,
      onDirty: flusher.add,
      onTooSlow: () => endSocket(socket, CLOSE_CODES.too_slow, "too slow; come back for the latest state"),
    });
    socket.on("close", () => {
      outbox.end();
      flusher.remove(outbox);
    });
    const context: ConnectionContext = {
      id: randomUUID(),
      tenantId,
      source: deps.source,
      jobs,
      outbox,
      nowMs: deps.nowMs,
      close: (code, reason) => {
        // What was queued before stands before the close.
        outbox.flush();
        outbox.end();
        endSocket(socket, code, reason);
      },
      onError: deps.onError,
    };
    if (request !== null) return createSimpleConnection(context, request);
    return createV1Connection(context, {
      heartbeatMs,
      retryWindowMs: RETRY_WINDOW_MS,
      maxSubscriptions: MAX_SUBSCRIPTIONS,
      maxFrameBytes: MAX_FRAME_BYTES,
      listJobs: deps.listJobs,
    });
  }

  return {
    /** Takes over the upgrades of an HTTP server. */
    attach(server: Server): void {
      server.on("upgrade", upgrade);
    },
    connections: (): number => peers.size,
    /** Sends what is due, says goodbye to all, and cuts off who does not take it. */
    async close(): Promise<void> {
      closing = true;
      clearInterval(heartbeat);
      jobs.close();
      flusher.close();
      const sockets = [...wss.clients];
      for (const socket of sockets) {
        endSocket(socket, CLOSE_CODES.going_away, "the server is shutting down", LAST_CLOSE_LIMIT_MS);
      }
      await Promise.all(
        sockets.map(
          (socket) => socket.readyState !== socket.CLOSED && new Promise((done) => socket.once("close", done)),
        ),
      );
      wss.close();
    },
  };
}

export type Gateway = ReturnType<typeof createGateway>;

/** Closes with a code, and cuts the connection when the other end does not take it. */
function endSocket(socket: WebSocket, code: number, reason: string, limitMs = CLOSE_LIMIT_MS): void {
  if (socket.readyState === socket.CLOSED) return;
  socket.close(code, reason.slice(0, MAX_REASON_LENGTH).replaceAll(/[^\x20-\x7e]/g, "?"));
  const cutOff = setTimeout(() => socket.terminate(), limitMs);
  socket.once("close", () => clearTimeout(cutOff));
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on("error", () => undefined);
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
