import type { Redis } from "ioredis";
import type { JobQueue, QueuedJob, QueueParts } from "../job-queue.ts";
import { type KindQueue, openKindQueue } from "./kind-queue.ts";
import { bullIdOf, jobIdOf, queueNameOf } from "./names.ts";
import { type RankScale, rankScale } from "./rank.ts";

export interface BullMQQueueOptions extends QueueParts {
  /** A connection of its own, which fails at once what it cannot do, and comes back by itself. */
  readonly redis: Redis;
  /** Told once of what goes wrong while there is a connection, until something works again. */
  readonly onError: (error: unknown) => void;
  /** How often all that waits is held against what Redis has. @defaultValue 60 000 */
  readonly compareEveryMs?: number;
}

/** Redis may lose jobs without our seeing it: somebody flushes it, or evicts. Then they are back after this long at most. */
const COMPARE_EVERY_MS = 60_000;
/** After something failed, though there is a connection. */
const RETRY_MS = 1_000;
/** So many changes are looked at in one go. */
const AT_ONCE = 1_000;
/** In which steps, and from where, the priorities there are counted. */
const SCALE_KEY = "playhead-queue-scale";

/**
 * Keeps in BullMQ what waits in the engine:
 *
 *     engine: a job waits ──► changed ──► add ─────┐
 *     engine: not any more ─► changed ──► remove ──┤──► Redis
 *     Redis is (back) there, or a minute later ────┴─ compare all ─► add what is missing, remove what has ended
 *
 * One thing after the other, so that of a job the last word is what stays. While Redis is away nothing is kept of what changes:
 * the comparison finds it.
 */
export function createBullMQQueue(options: BullMQQueueOptions): JobQueue {
  const { redis, waiting, findWaiting, isOpen, pace, nowMs, onError } = options;
  const { compareEveryMs = COMPARE_EVERY_MS } = options;
  const queues = new Map<string, KindQueue>();
  const changed = new Set<string>();
  /** What we have put there, with its queue, until it does not wait any more. */
  const held = new Map<string, KindQueue>();
  let mustCompare = true;
  /** Nothing has worked since it was said that something failed. */
  let isFailing = false;
  let isClosed = false;
  let working: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;

  const isConnected = () => redis.status === "ready";

  function queueOf(job: Pick<QueuedJob, "tenantId" | "kind">): KindQueue {
    const name = queueNameOf(job.tenantId, job.kind);
    const queue = queues.get(name) ?? openKindQueue(redis, job);
    queues.set(name, queue);
    return queue;
  }

  function workSoon(): void {
    if (working !== null || isClosed || !isConnected()) return;
    working = work()
      .catch(startOver)
      .finally(() => {
        working = null;
        if (changed.size > 0) workSoon();
      });
  }

  async function work(): Promise<void> {
    while (!isClosed && (mustCompare || changed.size > 0)) {
      if (mustCompare) {
        mustCompare = false;
        // All of it is seen by the comparison.
        changed.clear();
        await compareAll();
      } else {
        const jobIds = [...changed].slice(0, AT_ONCE);
        for (const jobId of jobIds) changed.delete(jobId);
        await follow(jobIds);
      }
      isFailing = false;
    }
  }

  /** What was on its way may have arrived or not. A queue whose connection failed as it opened does not recover by itself. */
  function startOver(error: unknown): void {
    mustCompare = true;
    changed.clear();
    closeQueues();
    if (isClosed) return;
    if (isConnected() && !isFailing) onError(error);
    isFailing = true;
    clearTimeout(retry);
    retry = setTimeout(workSoon, RETRY_MS).unref();
  }

  function closeQueues(): void {
    for (const queue of queues.values()) queue.close().catch(() => undefined);
    queues.clear();
    held.clear();
  }

  const scaleNow = () => rankScale(pace().agingMs, nowMs());

  async function follow(jobIds: readonly string[]): Promise<void> {
    const added = new Map<KindQueue, QueuedJob[]>();
    for (const jobId of jobIds) {
      const job = findWaiting(jobId);
      if (job !== null) {
        const queue = queueOf(job);
        added.set(queue, [...(added.get(queue) ?? []), job]);
        continue;
      }
      // One that a worker there has begun is held by it, and stays until it ends.
      await held.get(jobId)?.remove([jobId]);
      held.delete(jobId);
    }
    for (const [queue, jobs] of added) await addTo(queue, jobs, scaleNow());
  }

  async function addTo(queue: KindQueue, jobs: readonly QueuedJob[], scale: RankScale): Promise<void> {
    await queue.add(jobs, scale, nowMs());
    for (const { jobId } of jobs) held.set(jobId, queue);
    // What has begun or ended meanwhile was not ours to remove yet.
    for (const { jobId } of jobs) if (findWaiting(jobId) === null) changed.add(jobId);
  }

  async function compareAll(): Promise<void> {
    const wanted = new Map<KindQueue, QueuedJob[]>([...queues.values()].map((queue) => [queue, []]));
    for (const job of waiting()) {
      const queue = queueOf(job);
      const jobs = wanted.get(queue);
      if (jobs === undefined) wanted.set(queue, [job]);
      else jobs.push(job);
    }
    const scale = scaleNow();
    const isRanked = (await redis.get(SCALE_KEY)) === nameOf(scale);
    for (const [queue, jobs] of wanted) await compare(queue, jobs, scale, isRanked);
    await redis.set(SCALE_KEY, nameOf(scale));
  }

  async function compare(queue: KindQueue, jobs: readonly QueuedJob[], scale: RankScale, isRanked: boolean) {
    await queue.setPace(pace());
    const { notBegun, active, failed } = await queue.list();
    const isThere = (bullId: string) => active.has(bullId) || (isRanked && notBegun.has(bullId));
    const ended = [...notBegun].map(jobIdOf).filter((jobId) => !isOpen(jobId));
    const missing = jobs.filter(({ jobId }) => !isThere(bullIdOf(jobId)) && findWaiting(jobId) !== null);
    const inTheWay = missing.map(({ jobId }) => jobId).filter((jobId) => isAny([failed, notBegun], bullIdOf(jobId)));
    await queue.remove([...ended, ...inTheWay]);
    for (const { jobId } of jobs) held.set(jobId, queue);
    await addTo(queue, missing, scale);
  }

  redis.on("ready", () => {
    mustCompare = true;
    workSoon();
  });
  const comparing = setInterval(() => {
    mustCompare = true;
    workSoon();
  }, compareEveryMs).unref();
  workSoon();

  return {
    noteChange(jobId) {
      if (isConnected()) changed.add(jobId);
      else mustCompare = true;
      workSoon();
    },
    notePace() {
      mustCompare = true;
      workSoon();
    },
    isConnected,
    async readCounts(tenantId) {
      if (!isConnected() || isClosed) return null;
      try {
        const theirs = [...queues.values()].filter((queue) => tenantId === null || queue.tenantId === tenantId);
        return await Promise.all(theirs.map((queue) => queue.counts()));
      } catch {
        // It went away while it was asked.
        return null;
      }
    },
    async close() {
      isClosed = true;
      clearInterval(comparing);
      clearTimeout(retry);
      // First, so that nothing waits for a Redis that is away. What is cut off is found by the next process.
      redis.disconnect();
      await working;
      closeQueues();
    },
  };
}

const isAny = (sets: readonly ReadonlySet<string>[], id: string) => sets.some((set) => set.has(id));

const nameOf = ({ agingMs, base }: RankScale) => `${agingMs}:${base}`;
