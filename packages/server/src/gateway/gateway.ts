import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, isJobId, type JobsFilter, type JobSummary, SUBPROTOCOL } from "@playhead/core";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Bus } from "../bus/bus.ts";
import type { Connection, ConnectionContext } from "./connection.ts";
import { createFlusher } from "./flusher.ts";
import type { FeedSource } from "./job-feed.ts";
import { createJobsFeed, type JobsFeedSource } from "./jobs-feed.ts";
import { createOutbox } from "./outbox.ts";
import { createSimpleConnection } from "./simple-connection.ts";
import { createV1Connection } from "./v1-connection.ts";

export interface GatewayDeps {
  readonly source: FeedSource;
  readonly bus: Bus;
  readonly peekJob: JobsFeedSource["peekJob"];
  readonly listJobs: (tenantId: string, filter: JobsFilter) => Promise<readonly JobSummary[]>;
  /** Who asks; null when nobody we know, or from a page that is not ours. */
  readonly authenticate: (request: IncomingMessage) => Promise<{ readonly tenantId: string } | null>;
  readonly nowMs: () => number;
  readonly onError: (error: Error) => void;
}

const HEARTBEAT_MS = 25_000;
const RETRY_WINDOW_MS = 2_000;
const MAX_FRAME_BYTES = 16 * 1024;
const MAX_SUBSCRIPTIONS = 64;
const MAX_CONNECTIONS = 10_000;
/** How long clients have to take a close before they are cut off. */
const CLOSE_LIMIT_MS = 1_000;

interface Peer {
  readonly socket: WebSocket;
  readonly connection: Connection;
  alive: boolean;
}

/** The WebSocket end of the server: who may come in, what they speak, and whether they are still there. */
export function createGateway(deps: GatewayDeps) {
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const flusher = createFlusher(deps.nowMs);
  const jobs = createJobsFeed({ bus: deps.bus, peekJob: deps.peekJob });
  const peers = new Set<Peer>();

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
  }, HEARTBEAT_MS);
  heartbeat.unref();

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path !== "/" && path !== "/ws") return refuseUpgrade(stream, "404 Not Found");
    if (peers.size >= MAX_CONNECTIONS) return refuseUpgrade(stream, "503 Service Unavailable");
    // Browsers cannot read a failed handshake: the socket is taken, and then closed with a code that says why.
    wss.handleUpgrade(request, stream, head, (socket) => {
      socket.on("error", deps.onError);
      admit(socket, request).catch((error: Error) => {
        deps.onError(error);
        socket.close(1011, "internal error");
      });
    });
  }

  async function admit(socket: WebSocket, request: IncomingMessage): Promise<void> {
    // What the client says while we look who it is waits its turn.
    const early: RawData[] = [];
    const keep = (data: RawData) => early.push(data);
    socket.on("message", keep);
    const principal = await deps.authenticate(request);
    if (principal === null) return socket.close(CLOSE_CODES.bad_token, "expected a valid token or a signed-in session");
    if (socket.readyState !== socket.OPEN) return;
    const connection = connect(socket, principal.tenantId, new URL(request.url ?? "/", "http://localhost").searchParams);
    if (connection === null) return;
    const peer: Peer = { socket, connection, alive: true };
    peers.add(peer);
    socket.off("message", keep);
    for (const data of early) connection.receive(String(data));
    socket.on("message", (data: RawData) => connection.receive(String(data)));
    socket.on("pong", () => {
      peer.alive = true;
    });
    socket.on("close", () => {
      peers.delete(peer);
      connection.ended();
    });
  }

  function connect(socket: WebSocket, tenantId: string, query: URLSearchParams): Connection | null {
    const joined = socket.protocol === SUBPROTOCOL;
    const outbox = createOutbox({
      socket,
      nowMs: deps.nowMs,
      join: joined ? (frames) => `{"type":"batch","data":{"events":[${frames.join(",")}]}}` : null,
      onDirty: flusher.add,
      onTooSlow: () => endSocket(socket, CLOSE_CODES.too_slow, "too slow; come back for the latest state"),
    });
    socket.on("close", () => flusher.remove(outbox));
    const context: ConnectionContext = {
      id: randomUUID(),
      tenantId,
      source: deps.source,
      jobs,
      outbox,
      nowMs: deps.nowMs,
      close: (code, reason) => socket.close(code, reason.slice(0, 120)),
    };
    if (joined) {
      return createV1Connection(context, {
        heartbeatMs: HEARTBEAT_MS,
        retryWindowMs: RETRY_WINDOW_MS,
        maxSubscriptions: MAX_SUBSCRIPTIONS,
        maxFrameBytes: MAX_FRAME_BYTES,
        listJobs: deps.listJobs,
      });
    }
    const request = readSimpleRequest(query);
    if (typeof request === "string") {
      socket.close(CLOSE_CODES.malformed, request);
      return null;
    }
    return createSimpleConnection(context, request);
  }

  return {
    /** Takes over the upgrades of an HTTP server. */
    attach(server: Server): void {
      server.on("upgrade", upgrade);
    },
    connections: (): number => peers.size,
    /** Says goodbye to all, and cuts off who does not take it. */
    async close(): Promise<void> {
      clearInterval(heartbeat);
      jobs.close();
      flusher.close();
      const sockets = [...wss.clients];
      for (const socket of sockets) socket.close(CLOSE_CODES.going_away, "the server is shutting down");
      const cutOff = setTimeout(() => sockets.forEach((socket) => socket.terminate()), CLOSE_LIMIT_MS);
      await Promise.all(
        sockets.map((socket) => (socket.readyState === socket.CLOSED ? null : new Promise((resolve) => socket.once("close", resolve)))),
      );
      clearTimeout(cutOff);
      wss.close();
    },
  };
}

export type Gateway = ReturnType<typeof createGateway>;

/** Closes with a code, and cuts the connection when the other end does not take it. */
function endSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_LIMIT_MS).unref();
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** @returns the request, or what is wrong with it */
function readSimpleRequest(query: URLSearchParams): { jobId: string; after: number | null } | string {
  const jobId = query.get("job_id");
  const after = query.get("after");
  if (!isJobId(jobId)) return "expected job_id in the address, such as /?job_id=job_123&token=…";
  if (after !== null && !/^\d{1,15}$/.test(after)) return `expected after to be a whole number, got ${after.slice(0, 40)}`;
  return { jobId, after: after === null ? null : Number(after) };
}
