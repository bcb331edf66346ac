import { LOG_LEVELS, type LogLevel, type LogLine } from "@playhead/core";
import { expectJobOf, type FeedSource } from "./job-start.ts";
import type { Outbox } from "./outbox.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

export interface LogFeedRequest {
  readonly tenantId: string;
  readonly jobId: string;
  /** The last line that the client has; null wants only what comes. */
  readonly after: number | null;
  /** This level and what is worse. */
  readonly level: LogLevel;
}

export interface LogFeed {
  /** Begins to send; told when the client has caught up for the first time, and of what could not be read. */
  start(on: { readonly live: () => void; readonly error: (error: unknown) => void }): void;
  close(): void;
}

/** So many lines are read at a time. */
const PAGE = 200;

/**
 * Follows a job's log for one client. Lines are not queued for a client that is behind: they are in the store, and are
 * read from there, a page at a time, whenever the client has room for them. One that keeps up gets them as they come.
 *
 * ```
 *            has room                 the page was the last
 *   behind ───────────► reads a page ───────────────────────► live
 *      ▲                                                        │
 *      └────────────── a line came and there is no room ────────┘
 * ```
 *
 * @throws PlayheadError `not_found` for no job, and for another tenant's.
 */
export async function openLogFeed(source: FeedSource, request: LogFeedRequest, outbox: Outbox): Promise<LogFeed> {
  const { jobId, tenantId } = request;
  const levels = LOG_LEVELS.slice(LOG_LEVELS.indexOf(request.level));
  let on: Parameters<LogFeed["start"]>[0] | null = null;
  /** The last line that was sent, and the last that is known to be there. */
  let cursor = 0;
  let newest = 0;
  let isLive = false;
  let wasLive = false;
  let closed = false;

  const unsubscribe = source.channels.subscribe(jobId, ({ publications, frames }) => {
    for (const [index, { content }] of publications.entries()) {
      if ("log_id" in content) take(content, frames[index] as SharedFrame);
    }
  });

  function take(line: LogLine, frame: SharedFrame): void {
    if (!levels.includes(line.level) || line.log_id <= cursor) return;
    newest = Math.max(newest, line.log_id);
    if (!isLive) return;
    if (outbox.hasRoom()) {
      cursor = line.log_id;
      outbox.pushLine(frame);
    } else {
      isLive = false;
      outbox.onRoom(readOn);
    }
  }

  function close(): void {
    closed = true;
    unsubscribe();
  }

  function readOn(): void {
    if (closed) return;
    source.logs.readLogs({ tenantId, jobId, levels, after: cursor, limit: PAGE }).then(
      // The room may be gone by now: others of this client send, too.
      (lines) => outbox.onRoom(() => send(lines)),
      (error) => {
        if (closed) return;
        close();
        on?.error(error);
      },
    );
  }

  function send(lines: readonly LogLine[]): void {
    if (closed) return;
    for (const line of lines) outbox.pushLine(sharedFrame(logFrame(line)));
    cursor = lines.at(-1)?.log_id ?? cursor;
    if (lines.length === PAGE || newest > cursor) return outbox.onRoom(readOn);
    isLive = true;
    if (wasLive) return;
    wasLive = true;
    on?.live();
  }

  try {
    await expectJobOf(source, tenantId, jobId);
    // Lines have no numbers to see a gap by: what is said after this is read comes, or is read.
    await source.channels.opened(jobId);
    if (request.after === null) {
      const [last] = await source.logs.readLogs({ tenantId, jobId, before: Number.MAX_SAFE_INTEGER, limit: 1 });
      cursor = last?.log_id ?? 0;
    } else {
      cursor = request.after;
    }
    return {
      start(listeners) {
        on = listeners;
        outbox.onRoom(readOn);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function logFrame(line: LogLine): string {
  return JSON.stringify({ type: "log", job_id: line.job_id, ts: line.ts, data: line });
}
