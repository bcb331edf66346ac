import type { ServerFrame } from "@playhead/core";
import type { Clock } from "../clock.ts";
import type { Dial, LinkHandlers } from "../transport.ts";
import { PATIENCE_MS } from "../transport-watch.ts";

/**
 * Dials beside the connection that there is, and says whether it works.
 *
 * @param proofMs A link is believed when it has lasted this long: some proxies let a WebSocket open, and then cut it.
 * @param done Called once: with what takes the link over, its hello first; with null when it does not work.
 * @returns what ends it, without a word.
 */
export function probeTransport(
  dial: Dial,
  token: string | null,
  clock: Pick<Clock, "after">,
  proofMs: number,
  done: (takeOver: Dial | null) => void,
): () => void {
  let hello: ServerFrame | null = null;
  let settled = false;
  let cancelTimer = clock.after(PATIENCE_MS, fail);
  let handlers: LinkHandlers = {
    onFrame(frame) {
      if (frame.type !== "hello" || hello !== null) return;
      hello = frame;
      cancelTimer();
      cancelTimer = clock.after(proofMs, () => succeed(frame));
    },
    onClosed: fail,
  };
  const link = dial(token, {
    onFrame: (frame) => handlers.onFrame(frame),
    onClosed: (code, reason) => handlers.onClosed(code, reason),
  });

  function succeed(greeting: ServerFrame): void {
    stop();
    done((_token, given) => {
      handlers = given;
      // Once whoever takes over has it in hand.
      queueMicrotask(() => given.onFrame(greeting));
      return link;
    });
  }

  function fail(): void {
    if (settled) return;
    stop();
    link.close();
    done(null);
  }

  function stop(): void {
    settled = true;
    cancelTimer();
  }

  return () => {
    if (settled) return;
    stop();
    link.close();
  };
}
