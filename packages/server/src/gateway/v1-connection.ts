import { CLOSE_CODES, isErrorCode, type JobsFilter, type JobSummary, PlayheadError, toErrorBody } from "@playhead/core";
import { type ParsedClientFrame, parseClientFrame } from "./client-frame.ts";
import { type Connection, type ConnectionContext, controlFrame } from "./connection.ts";
import { openJobFeed } from "./job-feed.ts";

export interface V1Options {
  readonly heartbeatMs: number;
  readonly retryWindowMs: number;
  readonly maxSubscriptions: number;
  readonly maxFrameBytes: number;
  /** The jobs that a list starts with. */
  readonly listJobs: (tenantId: string, filter: JobsFilter) => Promise<readonly JobSummary[]>;
}

interface Subscription {
  /** Where a followed job stands; null for a list. */
  readonly head: () => readonly [jobId: string, seq: number, tick: number] | null;
  readonly close: () => void;
}

type SubscribeData = Extract<ParsedClientFrame, { type: "subscribe" }>["data"];

/** `playhead.v1`: many subscriptions on one socket, each resumed by itself (docs/protocol.md). */
export function createV1Connection(context: ConnectionContext, options: V1Options): Connection {
  const { outbox, source } = context;
  /** Null while a subscription is being opened. */
  const subscriptions = new Map<string, Subscription | null>();
  let over = false;

  outbox.push(
    controlFrame("hello", {
      connection_id: context.id,
      epoch: source.epoch,
      heartbeat_ms: options.heartbeatMs,
      retry_window_ms: options.retryWindowMs,
      limits: { subscriptions: options.maxSubscriptions, frame_bytes: options.maxFrameBytes },
    }),
    null,
  );

  function refuse(ref: string | null, error: unknown): void {
    const body = toErrorBody(error);
    const retryable = error instanceof PlayheadError ? error.retryable : isErrorCode(body.error_code);
    outbox.push(controlFrame("error", { ref, ...body, retryable, retry_after_ms: null }), null);
  }

  async function subscribe(data: SubscribeData): Promise<void> {
    const { ref } = data;
    if (subscriptions.has(ref)) throw new PlayheadError("conflict", `there is a subscription with ref ${ref} already`);
    if (subscriptions.size >= options.maxSubscriptions) {
      throw new PlayheadError("rate_limited", `this connection has ${options.maxSubscriptions} subscriptions, the most it may have`);
    }
    subscriptions.set(ref, null);
    try {
      const opened = "jobs" in data ? await openList(ref, data.jobs as JobsFilter) : await openJob(data);
      // The client may have gone, or changed its mind, while the store was asked.
      if (over || !subscriptions.has(ref)) opened.close();
      else subscriptions.set(ref, opened);
    } catch (error) {
      subscriptions.delete(ref);
      throw error;
    }
  }

  async function openJob({ ref, job_id: jobId, since, logs }: Extract<SubscribeData, { job_id: string }>): Promise<Subscription> {
    const request = { tenantId: context.tenantId, jobId, since: since ?? null, logs: logs ?? false };
    const feed = await openJobFeed(source, request, outbox.push);
    const { recovered, snapshot } = feed;
    outbox.push(controlFrame("subscribed", { ref, job_id: jobId, recovered, epoch: source.epoch, snapshot, jobs: null }), null);
    feed.start();
    outbox.push(controlFrame("live", { ref }), null);
    return { head: () => [jobId, ...feed.position()], close: feed.close };
  }

  async function openList(ref: string, filter: JobsFilter): Promise<Subscription> {
    const { tenantId, jobs } = context;
    let listed = false;
    const early: [string, string | null][] = [];
    const close = jobs.add({
      tenantId,
      filter,
      ref,
      send: (frame, slot) => (listed ? outbox.push(frame, slot) : early.push([frame, slot])),
    });
    const found = await options.listJobs(tenantId, filter);
    outbox.push(
      controlFrame("subscribed", { ref, job_id: null, recovered: false, epoch: source.epoch, snapshot: null, jobs: found }),
      null,
    );
    listed = true;
    for (const [frame, slot] of early) outbox.push(frame, slot);
    outbox.push(controlFrame("live", { ref }), null);
    return { head: () => null, close };
  }

  function receive(text: string): void {
    let frame: ParsedClientFrame;
    try {
      frame = parseClientFrame(text);
    } catch (error) {
      context.close(CLOSE_CODES.malformed, error instanceof Error ? error.message : "malformed frame");
      return;
    }
    if (frame.type === "ping") outbox.push(controlFrame("pong", { ts: new Date(context.nowMs()).toISOString() }), null);
    else if (frame.type === "subscribe") subscribe(frame.data).catch((error) => refuse(frame.data.ref, error));
    else {
      subscriptions.get(frame.data.ref)?.close();
      subscriptions.delete(frame.data.ref);
    }
  }

  return {
    receive,
    beat() {
      const jobs: Record<string, readonly [number, number]> = {};
      for (const subscription of subscriptions.values()) {
        const head = subscription?.head();
        if (head) jobs[head[0]] = [head[1], head[2]];
      }
      if (Object.keys(jobs).length > 0) outbox.push(controlFrame("heads", { epoch: source.epoch, jobs }), null);
    },
    ended() {
      over = true;
      for (const subscription of subscriptions.values()) subscription?.close();
      subscriptions.clear();
    },
  };
}
