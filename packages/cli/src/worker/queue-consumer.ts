import { PlayheadError } from "@playhead/core";
import type { Claimed } from "@playhead/sdk";
import { parseRedisUrl, QUEUE_PREFIX, type QueuedData, queueNameOf } from "@playhead/server";
import { DelayedError, type Job, Queue, WaitingError, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";

export interface QueueConsumerOptions {
  readonly redisUrl: string;
  /** Whose jobs: of the tenant that the worker's key is of. */
  readonly tenantId: string;
  readonly kinds: readonly string[];
  /** How many jobs run at a time, of whatever kind. */
  readonly parallel: number;
  /** How long a job is held in Redis without a word. */
  readonly lockMs: number;
  /** Asks the server for a job that the queue has named, and starts it. */
  readonly claim: (jobId: string) => Promise<Claimed>;
  /** Told once of each outage, of Redis or of the server. */
  readonly complain: (message: string) => void;
}

/** Takes jobs from BullMQ, as long as it is not closed. */
export interface QueueConsumer {
  /** Takes nothing more; what it holds goes on. */
  stop(): void;
  /** Lets go of the queue, once what it holds has come to an end, or soon. */
  close(): Promise<void>;
}

/** What a worker of BullMQ does with a job that it was handed, other than to fail it. */
type Outcome = "done" | "back" | { readonly laterMs: number } | { readonly holdQueueMs: number };

/** Who counts the tries is the server: a job that its workers lose is not given up by the queue. */
const MAX_STALLS = 1_000_000;
/** BullMQ holds a queue back for a while only where it has a limit: this one is never reached, and begins anew as often as those that the server sets. */
const HOLDABLE = { max: 1_000_000_000, duration: 60_000 };
/** After the server gave no answer, nothing is taken for so long. */
const SERVER_AWAY_MS = 5_000;
const CLOSE_MS = 3_000;
const RECONNECT_MS = 2_000;
/** Such an end of a job is somebody's wish, not a failure. */
const WISHED: ReadonlySet<string> = new Set(["canceled", "worker_stopped"]);

/**
 * Takes jobs from the queues of BullMQ, one for each kind, into places that all kinds share.
 *
 *     BullMQ names a job ─► is a place free? ─ no ─► back, as it stood
 *                               │ yes
 *                     the server is asked ─► it may begin ─► it runs here, BullMQ's lock is renewed ─► done
 *                               ├─► it has ended ─► done
 *                               ├─► its kind is full ─► back, and the whole queue waits for a moment
 *                               ├─► another worker has it, or had it and died ─► looked at again later
 *                               └─► no answer ─► back, and this worker takes nothing for a moment
 */
export function consumeQueue(options: QueueConsumerOptions): QueueConsumer {
  const { redisUrl, tenantId, kinds, parallel, lockMs, complain } = options;
  const connection: RedisOptions & { readonly replyMapping: "legacy" } = {
    ...parseRedisUrl(redisUrl).options,
    replyMapping: "legacy",
    connectionName: "playhead-worker",
    // BullMQ wants commands to wait for the connection for as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(RECONNECT_MS, 50 * 2 ** times),
  };
  const redis = new Redis(connection);
  const redisAway = oncePerOutage((why) => complain(`the queue's Redis is away: ${why}; it is tried again`));
  const serverAway = oncePerOutage((why) => complain(`jobs of the queue wait for the server: ${why}`));
  redis.on("error", redisAway.failed);
  redis.on("ready", redisAway.passed);
  let taken = 0;
  let isStopped = false;
  let isServerAway: NodeJS.Timeout | null = null;

  const lines = kinds.map((kind) => {
    const name = queueNameOf(tenantId, kind);
    const about = { connection: redis, prefix: QUEUE_PREFIX };
    const queue = new Queue<QueuedData>(name, about);
    const worker = new Worker<QueuedData>(name, (job, token) => handle(queue, job, token), {
      ...about,
      concurrency: parallel,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: MAX_STALLS,
      limiter: HOLDABLE,
    });
    // What there is to say of the connection is said; whose a job is whose lock was lost, the server judges.
    queue.on("error", () => undefined);
    worker.on("error", () => undefined);
    return { queue, worker };
  });

  const mayTake = () => !isStopped && isServerAway === null && taken < parallel;

  /** A worker that may take nothing does not fetch, so that others get it. */
  function update(): void {
    for (const { worker } of lines) {
      if (mayTake() && worker.isPaused()) void worker.resume();
      if (!mayTake() && !worker.isPaused()) void worker.pause(true);
    }
  }

  async function handle(queue: Queue, job: Job<QueuedData>, token = ""): Promise<void> {
    // One may have been on its way when the last place was taken.
    const outcome = mayTake() ? await runInPlace(job.data.job_id) : "back";
    if (outcome === "done") return;
    if (outcome === "back") {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if ("laterMs" in outcome) {
      await job.moveToDelayed(Date.now() + outcome.laterMs, token);
      throw new DelayedError();
    }
    await queue.rateLimit(Math.ceil(outcome.holdQueueMs));
    throw Worker.RateLimitError();
  }

  async function runInPlace(jobId: string): Promise<Outcome> {
    taken += 1;
    update();
    try {
      const claimed = await claim(jobId);
      if (claimed === null) return "back";
      return claimed.isStarted ? await endOf(claimed.ended) : refused(claimed);
    } finally {
      taken -= 1;
      update();
    }
  }

  /** @returns null where there was no answer */
  async function claim(jobId: string): Promise<Claimed | null> {
    try {
      const claimed = await options.claim(jobId);
      serverAway.passed();
      return claimed;
    } catch (error) {
      if (error instanceof PlayheadError && error.code === "not_found") {
        return { isStarted: false, reason: "ended", retryAfterMs: null };
      }
      serverAway.failed(error);
      isServerAway ??= setTimeout(() => {
        isServerAway = null;
        update();
      }, SERVER_AWAY_MS);
      return null;
    }
  }

  return {
    stop() {
      isStopped = true;
      update();
    },
    async close() {
      if (isServerAway !== null) clearTimeout(isServerAway);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_MS);
      await Promise.race([Promise.all(lines.map(({ worker }) => worker.close())), late]);
      clearTimeout(timer);
      // While Redis is away, nothing of it would end by itself.
      for (const { worker } of lines) void worker.disconnect().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** @throws so that it is a failure for BullMQ, too; what it was is told by the server, to who may see it */
async function endOf(ended: Promise<unknown>): Promise<Outcome> {
  const failure = await ended;
  if (failure === null || (failure instanceof PlayheadError && WISHED.has(failure.code))) return "done";
  throw new Error(failure instanceof PlayheadError ? failure.code : "it failed");
}

function refused({ reason, retryAfterMs }: Extract<Claimed, { readonly isStarted: false }>): Outcome {
  if (retryAfterMs === null) return "done";
  // Others of the kind would be refused as well: so they wait, too, and the order stays.
  return reason === "kind_limit" || reason === "rate_limit" ? { holdQueueMs: retryAfterMs } : { laterMs: retryAfterMs };
}

/** Says what fails until it does not any more, once. */
function oncePerOutage(say: (why: string) => void) {
  let isTold = false;
  return {
    failed(error: unknown): void {
      if (!isTold) say(error instanceof Error ? error.message : String(error));
      isTold = true;
    },
    passed(): void {
      isTold = false;
    },
  };
}
