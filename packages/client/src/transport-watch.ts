import type { Clock } from "./clock.ts";
import { STABLE_AFTER_MS } from "./connection-state.ts";
import type { Dial } from "./transport.ts";

/** Links in a row that failed before another transport is tried. */
export const MAX_FAILURES = 3;
/** A dial without an answer for so long counts as one that failed. */
export const PATIENCE_MS = 5_000;

/** The same dial, which tells of each link at its end whether the transport failed, and whether it had said hello. */
export function watchDial(
  dial: Dial,
  clock: Pick<Clock, "nowMs">,
  onEnd: (failed: boolean, greeted: boolean) => void,
): Dial {
  return (token, handlers) => {
    const dialledAtMs = clock.nowMs();
    let greeted = false;
    const lastedMs = () => clock.nowMs() - dialledAtMs;
    try {
      const link = dial(token, {
        onFrame(frame) {
          greeted ||= frame.type === "hello";
          handlers.onFrame(frame);
        },
        onClosed(code, reason) {
          // A server that gives a reason of its own was reached: another transport would get the same answer.
          const isReached = code >= 4000 && code < 5000;
          onEnd(!isReached && !(greeted && lastedMs() >= STABLE_AFTER_MS), greeted);
          handlers.onClosed(code, reason);
        },
      });
      return {
        send: link.send,
        close() {
          if (!greeted && lastedMs() >= PATIENCE_MS) onEnd(true, greeted);
          link.close();
        },
      };
    } catch (error) {
      onEnd(true, greeted);
      throw error;
    }
  };
}
