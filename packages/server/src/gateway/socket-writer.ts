import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { OutboxSocket } from "./outbox.ts";
import { wireOf } from "./shared-frame.ts";

/**
 * Writes frames as they are to the stream under a WebSocket: `ws` would build each anew for each socket. Without
 * compression `ws` writes its own (pings, closes) at once and whole, so that the two do not mix.
 */
export function createSocketWriter(socket: WebSocket, stream: Duplex): OutboxSocket {
  return {
    get bufferedAmount() {
      return stream.writableLength;
    },
    send(frames) {
      if (socket.readyState !== socket.OPEN) return;
      if (frames.length > 1) stream.cork();
      for (const frame of frames) stream.write(wireOf(frame));
      if (frames.length > 1) stream.uncork();
    },
  };
}
