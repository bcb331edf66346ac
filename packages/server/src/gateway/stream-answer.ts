import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { CLOSE_CODES } from "@playhead/core";
import type { Flusher } from "./flusher.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

export interface StreamAnswerDeps {
  readonly flusher: Flusher;
  readonly nowMs: () => number;
  /** A moment within the window in which clients come back. */
  readonly retryMs: () => number;
}

/** Begins the answer, with these headers beside its own; it goes on until one of the two ends goes away. */
export type BeginStream = (response: ServerResponse, headers: OutgoingHttpHeaders) => void;

/**
 * One answer of server-sent events: its place is taken before it begins, when nothing can be sent yet, and it may have to
 * end by then.
 *
 * @param onGone the client is gone, or never got an answer; called once the answer has begun
 */
export function createStreamAnswer({ flusher, nowMs, retryMs }: StreamAnswerDeps, onGone: () => void) {
  let answer: { readonly response: ServerResponse; readonly outbox: Outbox } | null = null;
  let over = false;

  /** Ends what the client can come back from; what is revoked or slow is cut. */
  function end(code: number): void {
    over = true;
    if (answer === null) return;
    const { response, outbox } = answer;
    if (code === CLOSE_CODES.going_away || code === CLOSE_CODES.token_expired) {
      outbox.pushAlone(`retry: ${retryMs()}\n\n`);
      outbox.flush();
      response.end();
      if (response.writableLength === 0) return;
    }
    outbox.end();
    response.destroy();
  }

  function leave(): void {
    onGone();
    if (answer === null) return;
    answer.outbox.end();
    flusher.remove(answer.outbox);
  }

  return {
    /** Where events go; null before it has begun. */
    outbox: (): Outbox | null => answer?.outbox ?? null,
    /** A comment: finds out who is gone, and keeps proxies from ending what they think is idle. */
    beat: (): void => answer?.outbox.pushAlone(":\n\n"),
    load: () => ({
      waitingBytes: answer?.outbox.waitingBytes() ?? 0,
      unreadBytes: answer?.response.writableLength ?? 0,
    }),
    end,
    /** @returns where events go, after when to come back; null where it is over already */
    begin(response: ServerResponse, headers: OutgoingHttpHeaders): Outbox | null {
      response.on("error", () => undefined);
      response.once("close", leave);
      if (over || response.destroyed) {
        leave();
        response.destroy();
        return null;
      }
      response.writeHead(200, {
        ...headers,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // Proxies that gather answers would hold events back.
        "x-accel-buffering": "no",
      });
      const outbox = createOutbox({
        socket: {
          get bufferedAmount() {
            return response.writableLength;
          },
          send: (frames) => void response.write(frames.map(({ text }) => text).join("")),
        },
        nowMs,
        join: null,
        onDirty: flusher.add,
        onTooSlow: () => end(CLOSE_CODES.too_slow),
      });
      answer = { response, outbox };
      outbox.pushAlone(`retry: ${retryMs()}\n\n`);
      return outbox;
    },
  };
}
