import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { OutboxSocket } from "./outbox.ts";
import { type SharedFrame, wireOf } from "./shared-frame.ts";

/**
 * Writes frames as they are to the stream under a WebSocket: `ws` would build each anew for each socket. Without
 * compression `ws` writes its own (pings, closes) at once and whole, so that the two do not mix.
 */
export class SocketWriter implements OutboxSocket {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
  }

  get bufferedAmount(): number {
    return this.#stream.writableLength;
  }

  send(frames: readonly SharedFrame[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const stream = this.#stream;
    if (frames.length > 1) stream.cork();
    for (const frame of frames) stream.write(wireOf(frame));
    if (frames.length > 1) stream.uncork();
  }
}
