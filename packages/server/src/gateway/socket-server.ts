import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, PlayheadError, SUBPROTOCOL } from "@playhead/core";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { type Connection, type ConnectionContext, type Feeds, INTERNAL_ERROR } from "./connection.ts";
import type { Place, Places } from "./connection-limits.ts";
import type { Flusher } from "./flusher.ts";
import { createMessageLimit } from "./message-limit.ts";
import { createOutbox } from "./outbox.ts";
import type { Peer, Peers } from "./peers.ts";
import type { createFrameJoiner } from "./shared-frame.ts";
import { createSimpleConnection } from "./simple-connection.ts";
import { readSimpleRequest, splitAddress } from "./socket-address.ts";
import { SocketWriter } from "./socket-writer.ts";
import { createV1Connection } from "./v1-connection.ts";
import type { Viewer } from "./viewer.ts";

export interface SocketServerDeps {
  readonly feeds: Feeds;
  readonly peers: Peers;
  readonly places: Places;
  readonly flusher: Flusher;
  readonly join: ReturnType<typeof createFrameJoiner>;
  readonly authenticate: (request: IncomingMessage) => Promise<Viewer | null>;
  readonly authenticateToken: (token: string, address: string | undefined) => Promise<Viewer | null>;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  readonly heartbeatMs: number;
  readonly retryWindowMs: number;
}

const MAX_FRAME_BYTES = 16 * 1024;
const MAX_SUBSCRIPTIONS = 64;
/** How long a client has to take a close before it is cut off; less when the server ends. */
const CLOSE_LIMIT_MS = 5_000;
const LAST_CLOSE_LIMIT_MS = 1_000;
/** What the protocol allows a reason to be, in bytes; ours are cut well before. */
const MAX_REASON_LENGTH = 100;

/** The WebSocket end of the gateway: who may come in, what they speak, and whether they are still there. */
export function createSocketServer(deps: SocketServerDeps) {
  const { peers, places, flusher, nowMs } = deps;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  let closing = false;

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { path } = splitAddress(request.url);
    if (path !== "/" && path !== "/ws") return refuseUpgrade(stream, "404 Not Found");
    if (closing) return refuseUpgrade(stream, "503 Service Unavailable");
    const place = places.enter(request.socket.remoteAddress);
    if (place === "total") return refuseUpgrade(stream, "503 Service Unavailable");
    if (place === "address") return refuseUpgrade(stream, "429 Too Many Requests");
    stream.once("close", place.leave);
    // Browsers cannot read a failed handshake: the socket is taken, and then closed with a code that says why.
    wss.handleUpgrade(request, stream, head, (socket) => {
      // A frame that is too large, or no WebSocket frame at all: its sender is told, and it is no fault of ours.
      socket.on("error", () => undefined);
      admit(socket, stream, request, place).catch((error: unknown) => {
        if (error instanceof PlayheadError && error.code === "rate_limited") {
          return endSocket(socket, CLOSE_CODES.rate_limited, error.message);
        }
        deps.onError(error);
        endSocket(socket, INTERNAL_ERROR, "internal error");
      });
    });
  }

  async function admit(socket: WebSocket, stream: Duplex, request: IncomingMessage, place: Place): Promise<void> {
    const inbox = openInbox(socket);
    const connection = await peers.identify(
      () => deps.authenticate(request),
      (viewer) => {
        if (socket.readyState !== socket.OPEN) return null;
        const refusal = refusalOf(viewer, place);
        if (refusal === null && viewer !== null) return connect(socket, stream, viewer, request);
        endSocket(socket, ...(refusal ?? BAD_TOKEN));
        return null;
      },
    );
    if (connection !== null) inbox.handTo(connection);
  }

  /** What the client says while we look who it is waits its turn. Apart from the request, which is let go. */
  function openInbox(socket: WebSocket) {
    const isWithinLimit = createMessageLimit(nowMs);
    let early: string[] = [];
    let connection: Connection | null = null;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (socket.readyState !== socket.OPEN) return;
      if (!isWithinLimit()) endSocket(socket, CLOSE_CODES.rate_limited, "too many messages");
      else if (isBinary) endSocket(socket, CLOSE_CODES.malformed, "expected text frames");
      else if (connection === null) early.push(String(data));
      else connection.receive(String(data));
    });
    return {
      handTo(opened: Connection): void {
        connection = opened;
        for (const text of early) if (socket.readyState === socket.OPEN) opened.receive(text);
        early = [];
      },
    };
  }

  function refusalOf(viewer: Viewer | null, place: Place): readonly [code: number, reason: string] | null {
    if (viewer === null) return BAD_TOKEN;
    if (viewer.expiresAtMs !== null && viewer.expiresAtMs <= nowMs()) {
      return [CLOSE_CODES.token_expired, "the token ran out; come back with a new one"];
    }
    if (!place.takeFor(viewer.tenantId)) return [CLOSE_CODES.rate_limited, "too many connections of one tenant"];
    return null;
  }

  function connect(socket: WebSocket, stream: Duplex, viewer: Viewer, request: IncomingMessage): Connection | null {
    const isV1 = socket.protocol === SUBPROTOCOL;
    const simple = isV1 ? null : readSimpleRequest(splitAddress(request.url).query);
    const address = request.socket.remoteAddress;
    if (typeof simple === "string") {
      endSocket(socket, CLOSE_CODES.malformed, simple);
      return null;
    }
    const outbox = createOutbox({
      socket: new SocketWriter(socket, stream),
      nowMs,
      join: isV1 ? deps.join : null,
      onDirty: flusher.add,
      onTooSlow: () => endSocket(socket, CLOSE_CODES.too_slow, "too slow; come back for the latest state"),
    });
    const close = (code: number, reason: string) => {
      // What was queued before stands before the close.
      outbox.flush();
      outbox.end();
      endSocket(socket, code, reason);
    };
    let isAlive = true;
    const peer: Peer = {
      viewer,
      beat() {
        if (!isAlive) return endSocket(socket, CLOSE_CODES.no_pong, "no answer to a ping");
        isAlive = false;
        connection.beat();
        socket.ping();
      },
      load: () => ({ waitingBytes: outbox.waitingBytes(), unreadBytes: stream.writableLength }),
      end: close,
    };
    const context: ConnectionContext = {
      feeds: deps.feeds,
      outbox,
      nowMs,
      viewer: () => peer.viewer,
      close,
      onError: deps.onError,
    };
    const connection: Connection =
      simple === null
        ? createV1Connection(context, {
            heartbeatMs: deps.heartbeatMs,
            retryWindowMs: deps.retryWindowMs,
            maxSubscriptions: MAX_SUBSCRIPTIONS,
            maxFrameBytes: MAX_FRAME_BYTES,
            renew: (token) => renew(peer, token, address),
          })
        : createSimpleConnection(context, simple);
    peers.add(peer);
    socket.on("pong", () => {
      isAlive = true;
    });
    socket.on("close", () => {
      peers.delete(peer);
      outbox.end();
      flusher.remove(outbox);
      connection.ended();
    });
    return connection;
  }

  function renew(peer: Peer, token: string, address: string | undefined): Promise<Viewer> {
    return peers.identify(
      () => deps.authenticateToken(token, address),
      (viewer) => {
        if (viewer === null || (viewer.expiresAtMs !== null && viewer.expiresAtMs <= nowMs())) {
          throw new PlayheadError("unauthorized", "expected a valid token; the one before holds until it runs out");
        }
        if (viewer.tenantId !== peer.viewer.tenantId) {
          throw new PlayheadError("forbidden", "expected a token of the same tenant; open another connection");
        }
        peer.viewer = viewer;
        return viewer;
      },
    );
  }

  return {
    upgrade,
    /** Says goodbye to all, and cuts off who does not take it. */
    async close(reason: string): Promise<void> {
      closing = true;
      const sockets = [...wss.clients];
      for (const socket of sockets) endSocket(socket, CLOSE_CODES.going_away, reason, LAST_CLOSE_LIMIT_MS);
      await Promise.all(
        sockets.map(
          (socket) => socket.readyState !== socket.CLOSED && new Promise((done) => socket.once("close", done)),
        ),
      );
      wss.close();
    },
  };
}

const BAD_TOKEN = [CLOSE_CODES.bad_token, "expected a valid token or a signed-in session"] as const;

/** Closes with a code, and cuts the connection when the other end does not take it. */
function endSocket(socket: WebSocket, code: number, reason: string, limitMs = CLOSE_LIMIT_MS): void {
  if (socket.readyState === socket.CLOSED) return;
  socket.close(code, reason.slice(0, MAX_REASON_LENGTH).replaceAll(/[^\x20-\x7e]/g, "?"));
  const cutOff = setTimeout(() => socket.terminate(), limitMs);
  socket.once("close", () => clearTimeout(cutOff));
}

/** Who is refused before the handshake costs next to nothing. */
function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on("error", () => undefined);
  const retry = status.startsWith("404") ? "" : "Retry-After: 5\r\n";
  stream.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}
