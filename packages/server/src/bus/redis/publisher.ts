import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import type { Publication } from "../bus.ts";
import { createChangesPublisher } from "./changes-publisher.ts";
import { connectRedis, parseRedisUrl } from "./connect.ts";
import { createKeys } from "./keys.ts";
import { RemoteEvent } from "./message.ts";
import { createOutgoing, type OutgoingJob } from "./outgoing.ts";
import { PUBLISH_SCRIPT, PUBLISH_SHA } from "./publish-script.ts";

export interface RedisPublisherDeps {
  readonly url: string;
  /** Names the history that is said; without a blank in it. */
  readonly epoch: string;
  readonly onError: (error: unknown) => void;
  /** The jobs that are under way: where they stand is said again over each new connection. */
  readonly liveJobs: () => Iterable<LiveJob>;
  /** Where everything in a job stands, as ticks with new numbers, frames of `epoch`; nothing for one that is not under way. */
  readonly currentTicks: (jobId: string) => readonly string[];
  /** What may wait while Redis is away or slow, about. @defaultValue 64 MB */
  readonly maxWaitingBytes?: number;
}

interface LiveJob {
  readonly tenantId: string;
  readonly jobId: string;
}

/** What waits, and what was dropped since the start, to be seen by who looks after the server. */
export interface RedisPublisherLoad {
  readonly isConnected: boolean;
  readonly waitingBytes: number;
  readonly dropped: number;
}

type Batch = readonly OutgoingJob[];
type Answers = readonly (readonly [error: Error | null, isBegun: unknown])[];

const MAX_WAITING_BYTES = 64 * 2 ** 20;
/** So many jobs are said in one go: few enough that nobody waits for it, on either side. */
const JOBS_A_BATCH = 250;
/** While one batch is on its way the next is made; what is said meanwhile gathers, and becomes fewer messages. */
const BATCHES_UNDER_WAY = 2;
/** So many jobs' standings are put in line in one go. */
const STANDINGS_AT_ONCE = 100;
/** Tried again after this where Redis answers, but does not take it. */
const RETRY_MS = 500;
/** What passes: a Redis that is full, starts, forgot our script, or is about to be replaced by another. */
const PASSES = /^(?:NOSCRIPT|OOM|LOADING|BUSY|READONLY|MASTERDOWN|NOREPLICAS|TRYAGAIN|CLUSTERDOWN|MISCONF)/;

/**
 * Says in Redis what the engine has committed. `publish` neither waits nor throws: what cannot be said just now waits,
 * bounded (`outgoing.ts`), and is said in order when it can be. What was under way when a connection broke is said again.
 *
 * ```
 *              connected            script loaded, mark changed
 *   away ───────────────► preparing ───────────────────────────► saying
 *    ▲                        ▲                                    │  │
 *    │                        └──── refused: half a second later ──┘  │
 *    └──────────────────────── connection lost ───────────────────────┘
 * ```
 *
 * Each preparation changes the mark. Who sees that asks the store what it may have missed: the engine before this one may
 * have died between a commit and its word of it, and Redis may have come back without what it knew. Ticks are in no store:
 * where everything stands is said anew.
 */
export function createRedisPublisher(deps: RedisPublisherDeps) {
  const { epoch, onError, liveJobs, currentTicks, maxWaitingBytes = MAX_WAITING_BYTES } = deps;
  const address = parseRedisUrl(deps.url);
  const keys = createKeys(address.db);
  const redis = connectRedis(address, "publisher", onError);
  const outgoing = createOutgoing(maxWaitingBytes);
  const changes = createChangesPublisher(redis, keys, () => prepare(), onError);
  let state: "away" | "preparing" | "saying" = "away";
  /** What is said and not answered, or failed and is to be said again: the oldest first. */
  let underWay: Batch[] = [];
  let answersDue = 0;
  let failure: Error | null = null;
  let retryTimer: NodeJS.Timeout | null = null;
  let onIdle: (() => void) | null = null;
  let preparations = 0;

  redis.on("ready", prepare);
  redis.on("close", () => {
    state = "away";
    if (retryTimer !== null) clearTimeout(retryTimer);
    retryTimer = null;
  });

  function prepare(): void {
    if (redis.status !== "ready" || state === "preparing") return;
    state = "preparing";
    Promise.all([redis.script("LOAD", PUBLISH_SCRIPT), redis.set(keys.mark, randomUUID())]).then(
      () => {
        if (state !== "preparing") return;
        state = "saying";
        send();
        sayStandings().catch(onError);
      },
      (error) => tryLater(error),
    );
  }

  /** A connection that is lost comes back by itself; one that refuses is asked again a little later. */
  function tryLater(error: unknown): void {
    if (redis.status !== "ready" || retryTimer !== null) return;
    onError(error);
    state = "away";
    retryTimer = setTimeout(() => {
      retryTimer = null;
      prepare();
    }, RETRY_MS);
  }

  function send(): void {
    if (state !== "saying" || (failure !== null && answersDue > 0)) return;
    if (failure !== null) {
      failure = null;
      for (const batch of underWay) say(batch);
    }
    while (underWay.length < BATCHES_UNDER_WAY && !outgoing.isEmpty()) {
      const batch = outgoing.take(JOBS_A_BATCH);
      underWay.push(batch);
      say(batch);
    }
    if (underWay.length > 0) return;
    if (outgoing.takeForgotten()) prepare();
    else onIdle?.();
  }

  function say(batch: Batch): void {
    const pipeline = redis.pipeline();
    for (const job of batch) pipeline.evalsha(PUBLISH_SHA, 2, ...argsOf(job));
    answersDue += 1;
    pipeline.exec().then(
      (answers) => settle(batch, answers ?? []),
      (error) => settle(batch, [[error, null]]),
    );
  }

  function argsOf(job: OutgoingJob): readonly (string | number)[] {
    const { jobId, tenantId, seq, log, ended, entries } = job;
    const args: (string | number)[] = [keys.head(jobId), keys.facts(jobId), keys.channel(jobId)];
    args.push(epoch, JSON.stringify(tenantId), seq, log, ended ? 1 : 0);
    for (const { kind, number, slot, frame } of entries.values()) args.push(kind, number, slot, frame);
    return args;
  }

  function settle(batch: Batch, answers: Answers): void {
    answersDue -= 1;
    const error = answers.find(([each]) => each !== null && passes(each))?.[0] ?? null;
    if (error === null) finish(batch, answers);
    else failure = error;
    if (failure === null) send();
    else if (answersDue === 0) tryLater(failure);
  }

  function finish(batch: Batch, answers: Answers): void {
    underWay = underWay.filter((each) => each !== batch);
    outgoing.settle(batch);
    for (const [index, job] of batch.entries()) {
      const [error, isBegun] = answers[index] ?? [null, 0];
      if (error !== null) {
        const said = `what was said of job ${job.jobId} was refused by Redis: ${error.message}`;
        onError(new PlayheadError("internal_error", said, { cause: error }));
      } else if (!job.ended && (job.ticksDropped || (isBegun === 1 && !isFromItsStart(job)))) {
        // What Redis had of it is gone, or what waited was too much.
        sayStanding(job);
      }
    }
  }

  async function sayStandings(): Promise<void> {
    preparations += 1;
    const preparation = preparations;
    let count = 0;
    for (const job of liveJobs()) {
      sayStanding(job);
      count += 1;
      if (count % STANDINGS_AT_ONCE > 0) continue;
      send();
      await nextTurn();
      if (preparation !== preparations || state !== "saying") return;
    }
    send();
  }

  function sayStanding({ tenantId, jobId }: LiveJob): void {
    for (const frame of currentTicks(jobId)) outgoing.add(new RemoteEvent(tenantId, frame));
  }

  return {
    publish(publications: readonly Publication[]): void {
      try {
        for (const publication of publications) {
          outgoing.add(publication);
          changes.note(publication);
        }
        send();
      } catch (error) {
        onError(error);
      }
    },
    load: (): RedisPublisherLoad => ({
      isConnected: redis.status === "ready",
      waitingBytes: outgoing.sizeBytes(),
      dropped: outgoing.droppedCount(),
    }),
    /** Says what waits, if Redis is there and takes it within `waitMs`, and ends. */
    async close(waitMs = 1_000): Promise<void> {
      if (redis.status === "ready") {
        const idle = Promise.withResolvers<void>();
        const timeout = setTimeout(idle.resolve, waitMs);
        onIdle = idle.resolve;
        send();
        await Promise.all([idle.promise, changes.flush()]);
        clearTimeout(timeout);
      }
      if (retryTimer !== null) clearTimeout(retryTimer);
      changes.close();
      redis.disconnect();
    },
  };
}

function isFromItsStart({ entries }: OutgoingJob): boolean {
  for (const { kind, number } of entries.values()) if (kind === "f" && number === 1) return true;
  return false;
}

/** Whether the same may be taken another time: the connection broke, or Redis says that it cannot just now. */
function passes(error: Error): boolean {
  return error.name !== "ReplyError" || PASSES.test(error.message);
}
