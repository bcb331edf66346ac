import { PlayheadError } from "@playhead/core";
import type { LiveBus } from "../bus.ts";
import { Listeners } from "../listeners.ts";
import { createChangesListener } from "./changes-listener.ts";
import { attempted, connectRedis, parseRedisUrl } from "./connect.ts";
import { FollowedJob, type FollowedJobDeps } from "./followed-job.ts";
import { factsAfter, type JobState, readHeads, readStates } from "./job-state.ts";
import { createKeys } from "./keys.ts";
import { readMessage } from "./message.ts";
import { type BusStore, createRepairs } from "./repairs.ts";
import { createSubscriptions } from "./subscriptions.ts";

export interface RedisBusDeps {
  readonly url: string;
  readonly store: BusStore;
  readonly onError: (error: unknown) => void;
  /** How often it is looked whether something was lost without a word. @defaultValue 5,000 */
  readonly checkMs?: number;
  /** How long a job that nobody follows any more stays subscribed to. @defaultValue 30,000 */
  readonly lingerMs?: number;
}

/** The bus of a process that serves viewers and is not the engine. */
export interface RedisBus extends LiveBus {
  /** Where a job stands, with the frames of the latest ticks in their order; null where Redis does not know it. */
  readHead(jobId: string): Promise<JobState | null>;
  /** Frames of the facts after `seq`; null where Redis does not have all of them (any more). */
  readFactsSince(jobId: string, seq: number): Promise<readonly string[] | null>;
  isConnected(): boolean;
  close(): void;
}

const CHECK_MS = 5_000;
const LINGER_MS = 30_000;
/** Who waits longer for a job to be subscribed to is told that it cannot be done now. */
const OPENED_WITHIN_MS = 5_000;
const HEADS_AT_ONCE = 512;

/**
 * Hears from Redis what the engine says (`publisher.ts`). Messages wake, the state in Redis repairs, and what that does not
 * have the store has: on each new connection, when a number is missing, when a check finds that Redis is further than what
 * was heard, and, by the store alone, when the mark says that Redis may not know. While Redis is away each check brings the
 * facts that are stored by then.
 */
export async function createRedisBus(deps: RedisBusDeps): Promise<RedisBus> {
  const { store, onError, checkMs = CHECK_MS, lingerMs = LINGER_MS } = deps;
  const address = parseRedisUrl(deps.url);
  const keys = createKeys(address.db);
  const asking = connectRedis(address, "gateway", onError);
  const hearing = connectRedis(address, "gateway-live", onError);
  const jobs = new Map<string, FollowedJob>();
  const flushes = new Listeners<void>();
  let isFlushDue = false;
  let mark: string | null | undefined;
  let isChecking = false;

  const repairs = createRepairs({ redis: asking, keys, store, onError });
  const followed: FollowedJobDeps = { wantRepair: repairs.want, onTold: flushSoon, onError };
  const subscriptions = createSubscriptions({
    redis: hearing,
    onError,
    onMessage: hear,
    onSubscribed(channels) {
      for (const channel of channels) {
        if (channel === keys.changesChannel) changes.subscribed();
        else jobs.get(keys.jobOfChannel(channel))?.subscribed();
      }
    },
    onLost() {
      for (const job of jobs.values()) job.lost();
    },
  });
  const changes = createChangesListener({
    redis: asking,
    keys,
    onError,
    subscribe: subscriptions.add,
    unsubscribe: subscriptions.remove,
  });

  function hear(channel: string, text: string): void {
    try {
      if (channel === keys.changesChannel) changes.hear(text);
      else hearOf(jobs.get(keys.jobOfChannel(channel)), text);
    } catch (error) {
      onError(error);
    }
  }

  function hearOf(job: FollowedJob | undefined, text: string): void {
    if (job?.isHeard()) job.hear(readMessage(text));
  }

  /** Once for all messages that came in one piece of what the network brought. */
  function flushSoon(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    queueMicrotask(() => {
      isFlushDue = false;
      flushes.tell(undefined, onError);
    });
  }

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    const isAway = asking.status !== "ready";
    try {
      if (isAway) {
        await repairs.lookInStore([...jobs.values()].filter((job) => job.isHeard() && !job.isLive()));
      } else {
        await checkMark();
        await checkHeads();
      }
    } catch (error) {
      if (isAway || asking.status === "ready") onError(error);
    }
    isChecking = false;
  }

  async function checkMark(): Promise<void> {
    const found = await asking.get(keys.mark);
    const isNew = mark !== undefined && found !== mark;
    mark = found;
    if (!isNew) return;
    for (const job of jobs.values()) job.doubt();
    changes.lost();
  }

  async function checkHeads(): Promise<void> {
    const live = [...jobs.values()].filter((job) => job.isHeard() && job.isLive());
    for (let at = 0; at < live.length; at += HEADS_AT_ONCE) {
      const chunk = live.slice(at, at + HEADS_AT_ONCE);
      const heads = await readHeads(
        asking,
        keys,
        chunk.map(({ jobId }) => jobId),
      );
      for (const [index, job] of chunk.entries()) job.check(heads[index] ?? null);
    }
  }

  function letGo(): void {
    const now = performance.now();
    for (const job of jobs.values()) {
      if (job.idleSinceMs === null || now - job.idleSinceMs < lingerMs) continue;
      jobs.delete(job.jobId);
      repairs.drop(job);
      subscriptions.remove(keys.channel(job.jobId));
    }
  }

  function follow(jobId: string): FollowedJob {
    const known = jobs.get(jobId);
    if (known !== undefined) return known;
    const job = new FollowedJob(jobId, followed);
    jobs.set(jobId, job);
    subscriptions.add(keys.channel(jobId));
    return job;
  }

  asking.on("ready", () => void check());
  const timer = setInterval(() => {
    letGo();
    void check();
  }, checkMs);
  timer.unref();
  await Promise.all([attempted(asking), attempted(hearing)]);

  return {
    subscribe(jobId, listener) {
      return follow(jobId).add(listener, () => performance.now());
    },
    opened(jobId) {
      const job = jobs.get(jobId);
      if (job === undefined) return Promise.resolve();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timeout = setTimeout(() => {
        reject(new PlayheadError("service_unavailable", `job ${jobId} could not be followed in time: Redis is away`));
      }, OPENED_WITHIN_MS);
      job.whenLinesKnown(resolve);
      return promise.finally(() => clearTimeout(timeout));
    },
    subscribeChanges: changes.add,
    subscribeFlushes(listener) {
      const end = flushes.add(listener);
      return () => void end();
    },
    async readHead(jobId) {
      const [found] = await readStates(asking, keys, [{ jobId, afterSeq: null }]);
      return found?.state ?? null;
    },
    async readFactsSince(jobId, seq) {
      const [found] = await readStates(asking, keys, [{ jobId, afterSeq: seq }]);
      const facts = factsAfter(found?.facts ?? [], seq);
      const isAll = found?.state && found.state.seq <= seq + facts.length;
      return isAll ? facts.map(({ frame }) => frame) : null;
    },
    isConnected: () => asking.status === "ready" && hearing.status === "ready",
    close() {
      clearInterval(timer);
      subscriptions.close();
      repairs.close();
      jobs.clear();
      asking.disconnect();
      hearing.disconnect();
    },
  };
}
