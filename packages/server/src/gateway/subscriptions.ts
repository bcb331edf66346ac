import { CLOSE_CODES, type JobsFilter, PlayheadError, toErrorBody } from "@playhead/core";
import type { ParsedClientFrame } from "./client-frame.ts";
import { type ConnectionContext, controlFrame } from "./connection.ts";
import { openJobFeed } from "./job-feed.ts";
import { noSuchJob } from "./job-start.ts";
import { openLogFeed } from "./log-feed.ts";
import { mayFollow } from "./viewer.ts";

/** What a client asks for. */
export type SubscribeData = Extract<ParsedClientFrame, { type: "subscribe" }>["data"];
type JobData = Extract<SubscribeData, { job_id: string }>;
type ListData = Extract<SubscribeData, { jobs: object }>;
type LogData = Extract<SubscribeData, { logs: object }>;

/** A subscription that is open. */
interface Opened {
  /** Where a followed job stands. */
  readonly head?: () => readonly [jobId: string, seq: number, tick: number];
  /** Looks whether something was missed. */
  readonly check?: () => void;
  readonly close: () => void;
}

interface Subscription {
  readonly data: SubscribeData;
  /** Null while it is being opened. */
  opened: Opened | null;
}

/** So many subscriptions of one connection are opened side by side; the others wait for room, so that memory is bounded. */
const OPENED_AT_ONCE = 8;
/** Asked again after this when the server could not do it now. */
const RETRY_AFTER_MS = 1_000;

/** What one connection follows, by the names that the client gave: jobs, lists and logs. */
export function createSubscriptions(context: ConnectionContext, maxSubscriptions: number) {
  const { outbox, feeds, viewer } = context;
  const { source } = feeds;
  const subscriptions = new Map<string, Subscription>();
  const waiting: (() => Promise<void>)[] = [];
  let opening = 0;
  let over = false;

  const say = (type: string, data: object) => outbox.pushAlone(controlFrame(type, data));

  function refuse(ref: string, error: unknown): void {
    if (!(error instanceof PlayheadError)) context.onError(error);
    const retryable = !(error instanceof PlayheadError) || error.retryable;
    say("error", { ref, ...toErrorBody(error), retryable, retry_after_ms: retryable ? RETRY_AFTER_MS : null });
  }

  /** Asked when it begins, when it is open, and when the credential has changed. */
  function expectAllowed(data: SubscribeData): void {
    if ("jobs" in data) {
      if (viewer().jobIds === null) return;
      throw new PlayheadError("forbidden", "this credential is for single jobs: it does not follow lists");
    }
    const jobId = jobIdOf(data);
    if (!mayFollow(viewer(), jobId)) throw noSuchJob(jobId);
  }

  function add(data: SubscribeData): void {
    const { ref } = data;
    if (subscriptions.has(ref)) {
      return refuse(ref, new PlayheadError("conflict", `there is a subscription with ref ${ref} already`));
    }
    if (subscriptions.size >= maxSubscriptions) {
      const most = `at most ${maxSubscriptions} subscriptions on one connection`;
      return refuse(ref, new PlayheadError("rate_limited", `expected ${most}`, { retryable: false }));
    }
    const subscription: Subscription = { data, opened: null };
    subscriptions.set(ref, subscription);
    waiting.push(() => open(subscription));
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

  async function open(subscription: Subscription): Promise<void> {
    const { data } = subscription;
    // The client may go, or change its mind, while the store is asked.
    const isWanted = () => !over && subscriptions.get(data.ref) === subscription;
    try {
      await new Promise<void>((resolve) => outbox.onRoom(resolve));
      if (!isWanted()) return;
      expectAllowed(data);
      const opened = await openAny(data, isWanted);
      if (opened !== null) subscription.opened = opened;
    } catch (error) {
      if (!isWanted()) return;
      subscriptions.delete(data.ref);
      refuse(data.ref, error);
    }
  }

  function openAny(data: SubscribeData, isWanted: () => boolean): Promise<Opened | null> {
    if ("jobs" in data) return openList(data, isWanted);
    return "logs" in data ? openLog(data, isWanted) : openJob(data, isWanted);
  }

  async function openJob(data: JobData, isWanted: () => boolean): Promise<Opened | null> {
    const { ref, job_id: jobId, since = null } = data;
    const feed = await openJobFeed(
      source,
      { tenantId: viewer().tenantId, jobId, since },
      {
        event: (frame, slot) => outbox.push(frame, slot),
        runs: outbox,
        lost: (error) => {
          context.onError(error);
          context.close(CLOSE_CODES.resync, "something was missed; subscribe again");
        },
      },
    );
    if (!begins(feed, data, isWanted)) return null;
    const { recovered, snapshot, position, check, close } = feed;
    say("subscribed", { ref, job_id: jobId, recovered, epoch: source.epoch, snapshot, jobs: null });
    feed.start();
    say("live", { ref });
    // Not the feed itself: it holds the snapshot.
    return { head: () => [jobId, ...position()], check, close };
  }

  async function openLog(data: LogData, isWanted: () => boolean): Promise<Opened | null> {
    const { ref, logs } = data;
    const { job_id: jobId, after = null, level = "debug" } = logs;
    const feed = await openLogFeed(source, { tenantId: viewer().tenantId, jobId, after, level }, outbox);
    if (!begins(feed, data, isWanted)) return null;
    say("subscribed", { ref, job_id: jobId, recovered: true, epoch: source.epoch, snapshot: null, jobs: null });
    feed.start({
      live: () => say("live", { ref }),
      error: (error) => {
        subscriptions.delete(ref);
        refuse(ref, error);
      },
    });
    return { close: feed.close };
  }

  async function openList(data: ListData, isWanted: () => boolean): Promise<Opened | null> {
    const { ref, jobs } = data;
    const { tenantId } = viewer();
    const filter = jobs as JobsFilter;
    /** What changes while the list is read, by slot; null once that is told. */
    let early: Map<string | null, Parameters<typeof outbox.push>[0]> | null = new Map();
    let isLost = false;
    const close = feeds.jobs.add({
      tenantId,
      filter,
      ref,
      send: (frame, slot) => {
        if (early === null) outbox.push(frame, slot);
        else early.set(slot, frame);
      },
      lost: () => {
        isLost = true;
        if (early === null) endList(ref);
      },
    });
    try {
      const found = await feeds.listJobs(tenantId, filter);
      if (!begins({ close }, data, isWanted)) return null;
      if (isLost) throw listLost();
      const { epoch } = source;
      say("subscribed", { ref, job_id: null, recovered: false, epoch, snapshot: null, jobs: found });
      for (const [slot, frame] of early) outbox.push(frame, slot);
      early = null;
      say("live", { ref });
      return { close };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Whether what was opened is still wanted and allowed; else it is closed. */
  function begins(feed: { readonly close: () => void }, data: SubscribeData, isWanted: () => boolean): boolean {
    try {
      if (isWanted()) {
        expectAllowed(data);
        return true;
      }
    } catch (error) {
      feed.close();
      throw error;
    }
    feed.close();
    return false;
  }

  function endList(ref: string): void {
    if (subscriptions.delete(ref)) refuse(ref, listLost());
  }

  function remove(ref: string): void {
    subscriptions.get(ref)?.opened?.close();
    subscriptions.delete(ref);
  }

  return {
    add,
    remove,
    refuse,
    /** Ends what the credential does not allow any more. */
    recheck(): void {
      for (const [ref, { data }] of subscriptions) {
        try {
          expectAllowed(data);
        } catch (error) {
          remove(ref);
          refuse(ref, error);
        }
      }
    },
    /** Where each job that is followed stands, after looking whether something was missed. */
    heads(): Readonly<Record<string, readonly [seq: number, tick: number]>> {
      const heads: Record<string, readonly [number, number]> = {};
      for (const { opened } of subscriptions.values()) {
        opened?.check?.();
        const head = opened?.head?.();
        if (head) heads[head[0]] = [head[1], head[2]];
      }
      return heads;
    },
    close(): void {
      over = true;
      for (const { opened } of subscriptions.values()) opened?.close();
      subscriptions.clear();
      waiting.length = 0;
    },
  };
}

function jobIdOf(data: JobData | LogData): string {
  return "logs" in data ? data.logs.job_id : data.job_id;
}

function listLost(): PlayheadError {
  return new PlayheadError("service_unavailable", "what happened to the jobs of this list was missed: subscribe again");
}
