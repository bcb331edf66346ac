import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { KindCounts, QueuedJob, QueuePace } from "../job-queue.ts";
import { bullIdOf, QUEUE_PREFIX, type QueuedData, queueNameOf } from "./names.ts";
import { type RankScale, rankOf } from "./rank.ts";

/** The latest failures are kept for people who look with tools of BullMQ's. */
const KEPT_FAILURES = 100;
/** Likewise what happened, which nobody here reads. */
const KEPT_EVENTS = 1_000;
/** So many jobs go into one request. */
const AT_ONCE = 500;
const MINUTE_MS = 60_000;
/** Where a job is that nobody has begun. */
const NOT_BEGUN = ["wait", "prioritized", "delayed"] as const;

/** The ids in BullMQ of what is there. */
export interface Listed {
  /** No worker has it. */
  readonly notBegun: ReadonlySet<string>;
  /** A worker holds it. */
  readonly active: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

/** The queue in BullMQ of a tenant's jobs of a kind. What of it throws has not been done, or not all of it. */
export interface KindQueue {
  readonly tenantId: string;
  readonly kind: string;
  /** Adds jobs; those that are there stay as they are. */
  add(jobs: readonly QueuedJob[], scale: RankScale, nowMs: number): Promise<void>;
  /** Takes jobs out that no worker holds. */
  remove(jobIds: readonly string[]): Promise<void>;
  list(): Promise<Listed>;
  setPace(pace: QueuePace): Promise<void>;
  counts(): Promise<KindCounts>;
  close(): Promise<void>;
}

export function openKindQueue(redis: Redis, { tenantId, kind }: Pick<QueuedJob, "tenantId" | "kind">): KindQueue {
  const queue = new Queue<QueuedData>(queueNameOf(tenantId, kind), {
    connection: redis,
    prefix: QUEUE_PREFIX,
    streams: { events: { maxLen: KEPT_EVENTS } },
    // Stacks name paths, and are in our own log.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: KEPT_FAILURES }, stackTraceLimit: 0 },
  });
  // The connection is its owner's, who hears of this, too; what was asked of it fails.
  queue.on("error", () => undefined);
  const listed = async (...states: Parameters<typeof queue.getRanges>[0]) =>
    new Set(await queue.getRanges(states, 0, -1));

  return {
    tenantId,
    kind,
    async add(jobs, scale, nowMs) {
      for (let from = 0; from < jobs.length; from += AT_ONCE) {
        await queue.addBulk(
          jobs.slice(from, from + AT_ONCE).map((job) => ({
            name: kind,
            data: { job_id: job.jobId },
            opts: {
              jobId: bullIdOf(job.jobId),
              priority: rankOf(job, scale),
              delay: Math.max(0, job.sinceMs - nowMs),
            },
          })),
        );
      }
    },
    async remove(jobIds) {
      for (const jobId of jobIds) await queue.remove(bullIdOf(jobId));
    },
    async list() {
      // In this order: what a worker takes meanwhile is in both, and nothing is in neither.
      const notBegun = await listed(...NOT_BEGUN);
      return { notBegun, active: await listed("active"), failed: await listed("failed") };
    },
    async setPace({ maxRunning, maxPerMinute }) {
      const most = maxRunning.get(kind);
      await (most === undefined ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(most));
      const rate = maxPerMinute.get(kind);
      await (rate === undefined ? queue.removeGlobalRateLimit() : queue.setGlobalRateLimit(rate, MINUTE_MS));
    },
    async counts() {
      const {
        wait = 0,
        prioritized = 0,
        delayed = 0,
        active = 0,
        failed = 0,
      } = await queue.getJobCounts(...NOT_BEGUN, ...(["active", "failed"] as const));
      return { kind, waiting: wait + prioritized, delayed, active, failed, isPaused: await queue.isPaused() };
    },
    close: () => queue.close(),
  };
}
