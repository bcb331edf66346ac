/**
 * A `Dial` for networks that let no WebSocket through: it speaks the frames of `playhead.v1` to the connection, and gets
 * what they carry over plain HTTP, a stream or a poll for each subscription. So there is one connection machine, whatever
 * carries it.
 */
import {
  CLOSE_CODES,
  type ClientFrame,
  PlayheadError,
  type Position,
  type ServerFrame,
  type SubscribedFrame,
  toErrorBody,
} from "@playhead/core";
import type { Clock } from "../clock.ts";
import { DEFAULT_RETRY_WINDOW_MS } from "../connection-state.ts";
import { createRequest, type RequestOptions } from "../http-request.ts";
import { ABNORMAL_CLOSE, type Dial, type LinkHandlers } from "../transport.ts";
import {
  createGlances,
  createJobStream,
  createLongPoll,
  type FollowJob,
  type FollowJobDeps,
  POLL_WAIT_MS,
  STREAM_HEARTBEAT_MS,
} from "./follow-job.ts";
import { followList } from "./follow-list.ts";
import { followLogs } from "./follow-logs.ts";

export interface HttpDialOptions extends RequestOptions {
  readonly clock: Clock;
}

type SubscribeData = Extract<ClientFrame, { readonly type: "subscribe" }>["data"];

/** Browsers open six connections to an HTTP/1.1 server, and requests need some as well. */
const MAX_HELD = 4;

/** Dials by server-sent events. */
export function eventStreamDial(options: HttpDialOptions): Dial {
  return httpDial(options, createJobStream, STREAM_HEARTBEAT_MS);
}

/** Dials by long polling. */
export function pollingDial(options: HttpDialOptions): Dial {
  return httpDial(options, createLongPoll, POLL_WAIT_MS);
}

function httpDial(options: HttpDialOptions, hold: (deps: FollowJobDeps) => FollowJob, heartbeatMs: number): Dial {
  const deps: FollowJobDeps = { request: createRequest(options), clock: options.clock };
  const ways = { held: hold(deps), glances: createGlances(deps) };
  // The token of the moment is asked for before each request, so that the one that is given here is not needed.
  return (_token, handlers) => openLink({ ...deps, ways, heartbeatMs, url: options.url, handlers });
}

interface LinkDeps extends FollowJobDeps {
  readonly ways: { readonly held: FollowJob; readonly glances: FollowJob };
  readonly heartbeatMs: number;
  readonly url: string;
  readonly handlers: LinkHandlers;
}

function openLink(deps: LinkDeps): ReturnType<Dial> {
  const { ways, heartbeatMs, url, handlers } = deps;
  const over = new AbortController();
  const followed = new Map<string, AbortController>();
  let held = 0;
  let wasLetIn = false;

  const say = (frame: ServerFrame) => {
    if (!over.signal.aborted) handlers.onFrame(frame);
  };
  const signOfLife = () => say({ type: "pong", data: { ts: "" } });

  function end(code: number, reason: string): void {
    if (over.signal.aborted) return;
    close();
    handlers.onClosed(code, reason);
  }

  function close(): void {
    over.abort();
    for (const aborter of followed.values()) aborter.abort();
    followed.clear();
  }

  /** Says something when the server is there. Whether it is well takes longer to say, and is not the question. */
  async function knock(answer: () => void): Promise<void> {
    try {
      const response = await fetch(new URL("api/v1/monitoring/health/live", url), { signal: over.signal });
      await response.json();
    } catch {
      return end(ABNORMAL_CLOSE, "the server cannot be reached");
    }
    answer();
  }

  function greet(): void {
    say({
      type: "hello",
      data: {
        connection_id: "",
        epoch: "",
        expires_at: null,
        heartbeat_ms: heartbeatMs,
        retry_window_ms: DEFAULT_RETRY_WINDOW_MS,
        limits: { subscriptions: Number.MAX_SAFE_INTEGER, frame_bytes: Number.MAX_SAFE_INTEGER },
      },
    });
  }

  async function follow(data: SubscribeData): Promise<void> {
    const { ref } = data;
    followed.get(ref)?.abort();
    const aborter = new AbortController();
    followed.set(ref, aborter);
    const { signal } = aborter;
    try {
      for await (const frames of framesOf(data, signal)) {
        if (signal.aborted) return;
        wasLetIn = true;
        if (frames.length === 0) signOfLife();
        else say(asOne(frames));
      }
    } catch (error) {
      if (!signal.aborted) fail(ref, error);
    }
  }

  function framesOf(data: SubscribeData, signal: AbortSignal): AsyncIterable<readonly ServerFrame[]> {
    if ("jobs" in data) return followList(deps, data.ref, data.jobs, signal);
    if (!("job_id" in data)) return followLogs(deps, data.ref, data.logs, signal);
    return followOneJob(data, signal);
  }

  async function* followOneJob(
    { ref, job_id, since }: Extract<SubscribeData, { readonly job_id: string }>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ServerFrame[]> {
    const mayHold = held < MAX_HELD;
    if (mayHold) held += 1;
    try {
      const way = mayHold ? ways.held : ways.glances;
      let joined = false;
      for await (const frames of way(job_id, since === undefined ? null : positionText(since), signal)) {
        const answer: SubscribedFrame | null = joined ? null : answerTo(ref, job_id, since, frames);
        joined ||= answer !== null;
        yield answer === null ? frames : [answer, ...frames, { type: "live", data: { ref } }];
      }
    } finally {
      if (mayHold) held -= 1;
    }
  }

  function fail(ref: string, error: unknown): void {
    const known = error instanceof PlayheadError ? error : null;
    // Cut off in the middle, or nobody there: that is the connection's affair, not that of one subscription.
    if (known === null || known.code === "server_unreachable" || known.code === "service_unavailable") {
      return end(ABNORMAL_CLOSE, known?.message ?? "the connection failed");
    }
    if (known.code === "unauthorized") {
      return end(wasLetIn ? CLOSE_CODES.token_expired : CLOSE_CODES.bad_token, known.message);
    }
    const { retryable, detail } = known;
    const retryAfterMs = typeof detail.retry_after_ms === "number" ? detail.retry_after_ms : null;
    say({ type: "error", data: { ref, ...toErrorBody(known), retryable, retry_after_ms: retryAfterMs } });
  }

  void knock(greet);
  return {
    send(frame) {
      if (frame.type === "subscribe") void follow(frame.data);
      else if (frame.type === "ping") void knock(signOfLife);
      else if (frame.type === "unsubscribe") {
        followed.get(frame.data.ref)?.abort();
        followed.delete(frame.data.ref);
      }
    },
    close,
  };
}

const positionText = ({ epoch, seq, tick }: Position) => `${epoch}:${seq}:${tick}`;

/**
 * The answer to a subscription, which plain HTTP does not give: without a position once the snapshot is there; else at
 * once, since what was missed comes first, and a position that cannot be continued brings a snapshot of its own.
 */
function answerTo(
  ref: string,
  job_id: string,
  since: Position | undefined,
  frames: readonly ServerFrame[],
): SubscribedFrame | null {
  const first = frames.find((frame) => frame.type === "snapshot");
  const epoch = first?.epoch ?? since?.epoch;
  if (epoch === undefined) return null;
  const data = { ref, job_id, recovered: first === undefined, epoch, snapshot: first?.data ?? null, jobs: null };
  return { type: "subscribed", data };
}

/** What came together is taken in together. */
function asOne(frames: readonly ServerFrame[]): ServerFrame {
  // The server puts events only into a batch; taking it apart does not care.
  return { type: "batch", data: { events: frames as never } };
}
