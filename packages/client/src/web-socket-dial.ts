import { SUBPROTOCOL } from "@playhead/core";
import { parseServerFrame } from "./server-frame.ts";
import { ABNORMAL_CLOSE, type Dial } from "./transport.ts";

/**
 * Dials the server's WebSocket in the `playhead.v1` subprotocol. The token travels in the query, since a browser cannot
 * set headers there; without one the session's cookie speaks.
 *
 * @param url `ws:` or `wss:` address of the server's socket.
 */
export function webSocketDial(url: string): Dial {
  return (token, handlers) => {
    const address = new URL(url);
    if (token !== null) address.searchParams.set("token", token);
    const socket = new WebSocket(address, [SUBPROTOCOL]);
    let open = true;

    const end = (code: number, reason: string) => {
      if (!open) return;
      open = false;
      handlers.onClosed(code, reason);
    };
    socket.addEventListener("message", ({ data }) => {
      const frame = open ? parseServerFrame(data) : null;
      if (frame !== null) handlers.onFrame(frame);
    });
    socket.addEventListener("close", ({ code, reason }) => end(code, reason));
    // Browsers send `close` after each `error`; other runtimes may not.
    socket.addEventListener("error", () => end(ABNORMAL_CLOSE, "the connection failed"));

    return {
      send(frame) {
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
      },
      close() {
        open = false;
        socket.close();
      },
    };
  };
}
