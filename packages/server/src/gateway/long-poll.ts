import type { IncomingMessage } from "node:http";
import { CLOSE_CODES, PlayheadError } from "@playhead/core";
import type { Feeds } from "./connection.ts";
import type { JobRequest } from "./event-stream.ts";
import { admitHttp, type HttpAdmissionDeps, unauthorized } from "./http-admission.ts";
import { openJobFeed } from "./job-feed.ts";
import { openingFrames } from "./job-opening.ts";
import { formatPosition, readPosition } from "./stream-position.ts";

export interface LongPollDeps extends HttpAdmissionDeps {
  readonly feeds: Feeds;
}

export interface PollRequest extends JobRequest {
  readonly waitMs: number;
}

/** What a poll brings; frames as JSON. */
export interface PollAnswer {
  readonly frames: readonly string[];
  /** Where the client stands then: the `since` of its next poll. */
  readonly position: string;
}

/** What happens within this time shares an answer. */
const GATHER_MS = 15;

/**
 * One look at a job: at once when there is something that the client does not have, else when something happens, or the
 * time is over.
 *
 * @param signal the client is gone
 * @throws PlayheadError see {@link admitHttp}, and `not_found` for no such job
 */
export async function pollJob(
  deps: LongPollDeps,
  request: IncomingMessage,
  { jobId, since: word, waitMs }: PollRequest,
  signal: AbortSignal,
): Promise<PollAnswer> {
  const { source } = deps.feeds;
  const { epoch } = source;
  /** By slot; facts have each their own. */
  const frames = new Map<string, string>();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  // Also when it is ended before anybody waits for it.
  ready.catch(() => undefined);

  const admitted = await admitHttp(deps, request, jobId, (viewer) => ({
    viewer,
    beat: () => undefined,
    load: () => ({ waitingBytes: 0, unreadBytes: 0 }),
    end: (code) => (code === CLOSE_CODES.revoked ? reject(unauthorized()) : resolve()),
  }));
  let gathering: NodeJS.Timeout | null = null;
  let timer: NodeJS.Timeout | null = null;
  try {
    const since = word === null ? null : readPosition(word);
    const feed = await openJobFeed(
      source,
      { tenantId: admitted.viewer.tenantId, jobId, since },
      {
        event(frame, slot, seq) {
          const key = slot === null ? `${frames.size} ${seq}` : `slot ${slot}`;
          frames.delete(key);
          frames.set(key, frame.text);
          gathering ??= setTimeout(resolve, GATHER_MS);
        },
        lost: () => reject(new PlayheadError("service_unavailable", "something was missed; ask again")),
      },
    );
    try {
      const opening = openingFrames(feed, since, epoch, deps.nowMs());
      feed.start();
      if (opening.length + frames.size === 0) {
        timer = setTimeout(resolve, waitMs);
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (signal.aborted) resolve();
        await ready;
      }
      return { frames: [...opening, ...frames.values()], position: formatPosition(epoch, ...feed.position()) };
    } finally {
      feed.close();
    }
  } finally {
    if (gathering !== null) clearTimeout(gathering);
    if (timer !== null) clearTimeout(timer);
    admitted.leave();
  }
}
