import { CLOSE_CODES, type JobSummary, type JobsFilter, PlayheadError, toErrorBody } from "@playhead/core";
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

interface Opened {
  /** Where a followed job stands; null for a list. */
  readonly head: () => readonly [jobId: string, seq: number, tick: number] | null;
  readonly close: () => void;
}

interface Subscription {
  /** Null while it is being opened. */
  opened: Opened | null;
}

type SubscribeData = Extract<ParsedClientFrame, { type: "subscribe" }>["data"];

/** So many subscriptions of one connection are opened side by side; the others wait for room, so that memory is bounded. */
const OPENED_AT_ONCE = 8;
/** Asked again after this when the server could not do it now. */
const RETRY_AFTER_MS = 1_000;

/** `playhead.v1`: many subscriptions on one socket, each resumed by itself (docs/protocol.md). */
export function createV1Connection(context: ConnectionContext, options: V1Options): Connection {
  const { outbox, source } = context;
  const subscriptions = new Map<string, Subscription>();
  const waiting: (() => Promise<void>)[] = [];
  let opening = 0;
  let over = false;

  const say = (type: string, data: object) => outbox.pushAlone(controlFrame(type, data));
  say("hello", {
    connection_id: context.id,
    epoch: source.epoch,
    expires_at: null,
    heartbeat_ms: options.heartbeatMs,
    retry_window_ms: options.retryWindowMs,
    limits: { subscriptions: options.maxSubscriptions, frame_bytes: options.maxFrameBytes },
  });

  function refuse(ref: string, error: unknown): void {
    if (!(error instanceof PlayheadError)) context.onError(error);
    const retryable = !(error instanceof PlayheadError) || error.retryable;
    say("error", { ref, ...toErrorBody(error), retryable, retry_after_ms: retryable ? RETRY_AFTER_MS : null });
  }

  function subscribe(data: SubscribeData): void {
    const { ref } = data;
    if (subscriptions.has(ref)) {
      return refuse(ref, new PlayheadError("conflict", `there is a subscription with ref ${ref} already`));
    }
    if (subscriptions.size >= options.maxSubscriptions) {
      const most = `at most ${options.maxSubscriptions} subscriptions on one connection`;
      return refuse(ref, new PlayheadError("rate_limited", `expected ${most}`, { retryable: false }));
    }
    const subscription: Subscription = { opened: null };
    subscriptions.set(ref, subscription);
    waiting.push(() => open(subscription, data));
    openNext();
  }

  function openNext(): void {
    while (opening < OPENED_AT_ONCE) {
      const next = waiting.shift();
      if (next === undefined) return;
      opening += 1;
      void next().finally(() => {
        opening -= 1;
        openNext();
      });
    }
  }

  async function open(subscription: Subscription, data: SubscribeData): Promise<void> {
    const { ref } = data;
    // The client may go, or change its mind, while the store is asked.
    const isWanted = () => !over && subscriptions.get(ref) === subscription;
    try {
      await outbox.room();
      if (!isWanted()) return;
      const opened = await ("jobs" in data ? openList(data, isWanted) : openJob(data, isWanted));
      if (opened !== null) subscription.opened = opened;
    } catch (error) {
      if (!isWanted()) return;
      subscriptions.delete(ref);
      refuse(ref, error);
    }
  }

  async function openJob(
    { ref, job_id: jobId, since, logs }: Extract<SubscribeData, { job_id: string }>,
    isWanted: () => boolean,
  ): Promise<Opened | null> {
    const request = { tenantId: context.tenantId, jobId, since: since ?? null, logs: logs ?? false };
    const feed = await openJobFeed(source, request, outbox.push);
    if (!isWanted()) {
      feed.close();
      return null;
    }
    const { recovered, snapshot } = feed;
    say("subscribed", { ref, job_id: jobId, recovered, epoch: source.epoch, snapshot, jobs: null });
    feed.start();
    say("live", { ref });
    return { head: () => [jobId, ...feed.position()], close: feed.close };
  }

  async function openList(
    { ref, jobs: filter }: Extract<SubscribeData, { jobs: object }>,
    isWanted: () => boolean,
  ): Promise<Opened | null> {
    const { tenantId, jobs } = context;
    const wanted = filter as JobsFilter;
    /** What changes while the list is read, by slot; null once that is told. */
    let early: Map<string | null, string> | null = new Map();
    const send = (frame: string, slot: string | null) => {
      if (early === null) outbox.push(frame, slot);
      else early.set(slot, frame);
    };
    const close = jobs.add({ tenantId, filter: wanted, ref, send });
    try {
      const found = await options.listJobs(tenantId, wanted);
      if (!isWanted()) {
        close();
        return null;
      }
      const { epoch } = source;
      say("subscribed", { ref, job_id: null, recovered: false, epoch, snapshot: null, jobs: found });
      for (const [slot, frame] of early) outbox.push(frame, slot);
      early = null;
      say("live", { ref });
      return { head: () => null, close };
    } catch (error) {
      close();
      throw error;
    }
  }

  function unsubscribe(ref: string): void {
    subscriptions.get(ref)?.opened?.close();
    subscriptions.delete(ref);
  }

  return {
    receive(text) {
      let frame: ParsedClientFrame;
      try {
        frame = parseClientFrame(text);
      } catch (error) {
        context.close(CLOSE_CODES.malformed, error instanceof Error ? error.message : "malformed frame");
        return;
      }
      if (frame.type === "ping") say("pong", { ts: new Date(context.nowMs()).toISOString() });
      else if (frame.type === "subscribe") subscribe(frame.data);
      else unsubscribe(frame.data.ref);
    },
    beat() {
      const jobs: Record<string, readonly [number, number]> = {};
      for (const { opened } of subscriptions.values()) {
        const head = opened?.head();
        if (head) jobs[head[0]] = [head[1], head[2]];
      }
      if (Object.keys(jobs).length > 0) say("heads", { epoch: source.epoch, jobs });
    },
    ended() {
      over = true;
      for (const { opened } of subscriptions.values()) opened?.close();
      subscriptions.clear();
      waiting.length = 0;
    },
  };
}
