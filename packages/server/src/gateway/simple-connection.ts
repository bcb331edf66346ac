import { CLOSE_CODES, PlayheadError } from "@playhead/core";
import { type Connection, type ConnectionContext, INTERNAL_ERROR } from "./connection.ts";
import type { Since } from "./feed-job.ts";
import { type JobFeed, openJobFeed } from "./job-feed.ts";
import { openingFrames } from "./job-opening.ts";
import { noSuchJob } from "./job-start.ts";
import { mayFollow } from "./viewer.ts";

/** What the address of a simple socket says. */
export interface SimpleRequest {
  readonly jobId: string;
  /** The last fact that the client has, or the time of it; null asks for a snapshot. */
  readonly since: { readonly after: number } | { readonly afterMs: number } | null;
}

/**
 * The simple mode: one socket, one job, nothing to send. First a `snapshot`, then what happens; with `after`, all that
 * was missed instead of the snapshot, or `reset` and a snapshot where that is not to be had. Log lines come along as long
 * as the client keeps up; while it does not they are left out.
 */
export function createSimpleConnection(context: ConnectionContext, request: SimpleRequest): Connection {
  const { outbox, feeds, viewer } = context;
  const { source } = feeds;
  const { jobId } = request;
  /** Not the feed itself: it holds the snapshot. */
  let feed: Pick<JobFeed, "check" | "close"> | null = null;
  let over = false;
  const since: Since | null =
    request.since !== null && "after" in request.since
      ? { epoch: source.epoch, seq: request.since.after, tick: 0 }
      : request.since;

  open().then(begin, (error) => {
    if (error instanceof PlayheadError && error.code === "not_found") {
      context.close(CLOSE_CODES.no_such_job, error.message);
    } else {
      context.onError(error);
      context.close(INTERNAL_ERROR, "the server could not read the job; try again");
    }
  });

  async function open(): Promise<JobFeed> {
    if (!mayFollow(viewer(), jobId)) throw noSuchJob(jobId);
    const { tenantId } = viewer();
    return openJobFeed(
      source,
      { tenantId, jobId, since },
      {
        event: (frame, slot) => outbox.push(frame, slot),
        runs: outbox,
        line: (frame) => {
          if (outbox.hasRoom()) outbox.pushLine(frame);
        },
        lost: (error) => {
          context.onError(error);
          context.close(CLOSE_CODES.resync, "something was missed; open it again");
        },
      },
    );
  }

  function begin(opened: JobFeed): void {
    if (over) {
      opened.close();
      return;
    }
    feed = { check: opened.check, close: opened.close };
    for (const text of openingFrames(opened, since, source.epoch, context.nowMs())) outbox.pushAlone(text);
    opened.start();
  }

  return {
    receive: () => undefined,
    beat: () => feed?.check(),
    ended() {
      over = true;
      feed?.close();
    },
  };
}
