import type { ServerFrame } from "@playhead/core";
import { PlayheadError } from "@playhead/core";
import type { Clock } from "../clock.ts";
import type { Request } from "../http-request.ts";
import { PONG_TIMEOUT_MS } from "../liveness.ts";
import { parseServerFrame } from "../server-frame.ts";
import { createEventStreamReader, type StreamPart } from "./event-stream.ts";
import { pause } from "./pause.ts";

/**
 * The frames of one job from a position on (`EPOCH:SEQ:TICK`; null begins with a snapshot), for as long as the signal
 * lets it; nothing but a sign of life where the frames are none.
 *
 * @throws PlayheadError when the server will not, or cannot be reached.
 */
export type FollowJob = (
  jobId: string,
  since: string | null,
  signal: AbortSignal,
) => AsyncGenerator<readonly ServerFrame[]>;

export interface FollowJobDeps {
  readonly request: Request;
  readonly clock: Clock;
}

/** The server sends a comment this often when nothing happens. */
export const STREAM_HEARTBEAT_MS = 15_000;
/** How long the server may hold a poll. */
export const POLL_WAIT_MS = 25_000;
/** Before the server named a window in which to come back. */
const DEFAULT_RETRY_MS = 1_000;
/** Between two polls where each has something to tell. */
const POLL_REST_MS = 200;
/** Between two looks at a job for which there is no connection to spare. */
export const GLANCE_MS = 3_000;

const pathOf = (jobId: string, what: string) => `jobs/${encodeURIComponent(jobId)}/${what}`;

/** Follows a job by server-sent events; a stream that ends is opened again from its last id. */
export function createJobStream({ request, clock }: FollowJobDeps): FollowJob {
  return async function* (jobId, since, signal) {
    let position = since;
    let retryMs = DEFAULT_RETRY_MS;
    while (!signal.aborted) {
      const headers = { accept: "text/event-stream", ...(position !== null && { "last-event-id": position }) };
      const response = await request(pathOf(jobId, "stream"), { headers, signal });
      for await (const part of readParts(response, clock)) {
        position = part.lastId ?? position;
        retryMs = part.retryMs ?? retryMs;
        yield part.events.map(parseServerFrame).filter((frame) => frame !== null);
      }
      await pause(clock, retryMs * clock.random(), signal);
    }
  };
}

/** What comes on a stream, until it ends or has been silent for too long. */
async function* readParts({ headers, body }: Response, clock: Clock): AsyncGenerator<StreamPart> {
  if (body === null || !headers.get("content-type")?.startsWith("text/event-stream")) {
    throw new PlayheadError("server_unreachable", "expected a stream of events, got something else", {
      hint: "something between here and the server answers in its place",
    });
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const read = createEventStreamReader();
  let silent = false;
  try {
    // The first words come at once, unless something in between keeps them back: then this way is none.
    for (let patienceMs = PONG_TIMEOUT_MS; ; patienceMs = STREAM_HEARTBEAT_MS + PONG_TIMEOUT_MS) {
      const cancelTimer = clock.after(patienceMs, () => {
        silent = true;
        void reader.cancel().catch(() => {});
      });
      const { done, value } = await reader.read().finally(cancelTimer);
      if (silent && patienceMs === PONG_TIMEOUT_MS) {
        throw new PlayheadError("server_unreachable", "expected the stream to begin, got nothing");
      }
      if (done) return;
      yield read(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Follows a job by asking for what is new, which the server answers when there is something. */
export function createLongPoll(deps: FollowJobDeps): FollowJob {
  return createPoll(deps, POLL_WAIT_MS, POLL_REST_MS);
}

/** Follows a job by looking every few seconds, so that no connection is held. */
export function createGlances(deps: FollowJobDeps): FollowJob {
  return createPoll(deps, 0, GLANCE_MS);
}

function createPoll({ request, clock }: FollowJobDeps, waitMs: number, restMs: number): FollowJob {
  return async function* (jobId, since, signal) {
    let position = since;
    while (!signal.aborted) {
      const query = { ...(position !== null && { since: position }), wait: waitMs / 1_000 };
      const response = await request(pathOf(jobId, "poll"), { query, signal });
      const answer = (await response.json()) as { readonly frames: readonly ServerFrame[]; readonly position: string };
      position = answer.position;
      yield answer.frames;
      await pause(clock, restMs, signal);
    }
  };
}
