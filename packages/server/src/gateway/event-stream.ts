import type { IncomingMessage } from "node:http";
import { CLOSE_CODES } from "@playhead/core";
import type { Feeds } from "./connection.ts";
import { type Admitted, admitHttp, type HttpAdmissionDeps } from "./http-admission.ts";
import { openJobFeed } from "./job-feed.ts";
import { openingFrames } from "./job-opening.ts";
import { sharedFrame } from "./shared-frame.ts";
import { type BeginStream, createStreamAnswer, type StreamAnswerDeps } from "./stream-answer.ts";
import { formatPosition, readPosition } from "./stream-position.ts";

export interface EventStreamDeps extends HttpAdmissionDeps, StreamAnswerDeps {
  readonly feeds: Feeds;
  readonly onError: (error: unknown) => void;
}

/** What a client asks for with a stream or a poll. */
export interface JobRequest {
  readonly jobId: string;
  /** `EPOCH:SEQ:TICK`; null begins with a snapshot. */
  readonly since: string | null;
}

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
  const { feeds, nowMs, onError } = deps;
  const { source } = feeds;
  const { epoch } = source;
  const answer = createStreamAnswer(deps, () => {
    admitted.leave();
    feed.close();
  });
  const admitted: Admitted = await admitHttp(deps, request, jobId, (viewer) => ({
    viewer,
    beat: () => {
      // While it is being opened there is nothing to look at.
      if (answer.outbox() === null) return;
      feed.check();
      answer.beat();
    },
    load: answer.load,
    end: answer.end,
  }));
  const since = word === null ? null : readPosition(word);
  const feed = await openJobFeed(
    source,
    { tenantId: admitted.viewer.tenantId, jobId, since },
    {
      event: (frame, slot, seq, tick) =>
        answer.outbox()?.push(sharedFrame(eventText(frame.text, formatPosition(epoch, seq, tick))), slot),
      lost: (error) => {
        onError(error);
        answer.end(CLOSE_CODES.resync);
      },
    },
  ).catch((error: unknown) => {
    admitted.leave();
    throw error;
  });

  return (response, headers) => {
    const outbox = answer.begin(response, headers);
    if (outbox === null) return;
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
