import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { CLOSE_CODES } from "@playhead/core";
import type { Feeds } from "./connection.ts";
import type { Flusher } from "./flusher.ts";
import { type Admitted, admitHttp, type HttpAdmissionDeps } from "./http-admission.ts";
import { openJobFeed } from "./job-feed.ts";
import { openingFrames } from "./job-opening.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { sharedFrame } from "./shared-frame.ts";
import { formatPosition, readPosition } from "./stream-position.ts";

export interface EventStreamDeps extends HttpAdmissionDeps {
  readonly feeds: Feeds;
  readonly flusher: Flusher;
  readonly onError: (error: unknown) => void;
  /** A moment within the window in which clients come back. */
  readonly retryMs: () => number;
}

/** What a client asks for with a stream or a poll. */
export interface JobRequest {
  readonly jobId: string;
  /** `EPOCH:SEQ:TICK`; null begins with a snapshot. */
  readonly since: string | null;
}

/** Begins the answer, with these headers beside its own; it goes on until one of the two ends goes away. */
export type BeginStream = (response: ServerResponse, headers: OutgoingHttpHeaders) => void;

/**
 * Follows a job as server-sent events: each with its position as id, so that a browser that was cut off goes on by itself.
 *
 * @throws PlayheadError before anything is answered: see {@link admitHttp}, and `not_found` for no such job
 */
export async function openEventStream(
  deps: EventStreamDeps,
  request: IncomingMessage,
  { jobId, since: word }: JobRequest,
): Promise<BeginStream> {
  const { feeds, flusher, nowMs, onError } = deps;
  const { source } = feeds;
  const { epoch } = source;
  let answer: { readonly response: ServerResponse; readonly outbox: Outbox } | null = null;
  let over = false;

  /** Ends what the client can come back from; what is revoked or slow is cut. */
  function end(code: number): void {
    over = true;
    if (answer === null) return;
    const { response, outbox } = answer;
    if (code === CLOSE_CODES.going_away || code === CLOSE_CODES.token_expired) {
      outbox.pushAlone(`retry: ${deps.retryMs()}\n\n`);
      outbox.flush();
      response.end();
      if (response.writableLength === 0) return;
    }
    outbox.end();
    response.destroy();
  }

  const admitted: Admitted = await admitHttp(deps, request, jobId, (viewer) => ({
    viewer,
    // A comment: finds out who is gone, and keeps proxies from ending what they think is idle.
    beat: () => {
      feed.check();
      answer?.outbox.pushAlone(":\n\n");
    },
    load: () => ({
      waitingBytes: answer?.outbox.waitingBytes() ?? 0,
      unreadBytes: answer?.response.writableLength ?? 0,
    }),
    end,
  }));
  const since = word === null ? null : readPosition(word);
  const feed = await openJobFeed(
    source,
    { tenantId: admitted.viewer.tenantId, jobId, since },
    {
      event: (frame, slot, seq, tick) =>
        answer?.outbox.push(sharedFrame(eventText(frame.text, formatPosition(epoch, seq, tick))), slot),
      lost: (error) => {
        onError(error);
        end(CLOSE_CODES.resync);
      },
    },
  ).catch((error: unknown) => {
    admitted.leave();
    throw error;
  });

  function leave(): void {
    admitted.leave();
    feed.close();
    if (answer === null) return;
    answer.outbox.end();
    flusher.remove(answer.outbox);
  }

  return (response, headers) => {
    response.on("error", () => undefined);
    response.once("close", leave);
    if (over || response.destroyed) {
      leave();
      response.destroy();
      return;
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
    outbox.pushAlone(`retry: ${deps.retryMs()}\n\n`);
    const [seq, tick] = feed.position();
    for (const text of openingFrames(feed, since, epoch, nowMs())) {
      outbox.pushAlone(eventText(text, formatPosition(epoch, seq, tick)));
    }
    feed.start();
  };
}

/** One event: JSON has no line breaks of its own. */
function eventText(frame: string, id: string): string {
  return `id: ${id}\ndata: ${frame}\n\n`;
}
