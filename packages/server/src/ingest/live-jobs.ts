import {
  applyEvent,
  draftOf,
  emptyJob,
  isFinalJobState,
  type PlayheadEvent,
  summaryOf,
  type Task,
} from "@playhead/core";
import type { JobProjection, Store } from "../store/store.ts";
import { createLiveJob, type LiveJob } from "./live-job.ts";

export interface LiveJobsDeps {
  readonly store: Pick<Store, "readJob">;
  readonly nowMs: () => number;
  /** Whether all facts of a job are stored. */
  readonly isStored: (live: LiveJob) => boolean;
  /** Resolves when all that was added so far is stored. */
  readonly settled: () => Promise<void>;
  /** A stored job has come into memory. */
  readonly onLoaded?: (live: LiveJob) => void;
}

/** A job that has ended leaves memory after this. */
const ENDED_STAYS_MS = 5 * 60_000;
/** An open job that nobody reports on leaves memory after this, when there are many. */
const IDLE_STAYS_MS = 10 * 60_000;
const MANY_JOBS = 10_000;
/** A job on which only ticks came is written this often: a restart takes its bar back by no more. */
const MOVED_EVERY_MS = 5_000;
/** How many lazy projections one group takes along; one that is full of facts takes few, since facts say it all. */
const PROJECTIONS_A_GROUP = 500;
const PROJECTIONS_A_BUSY_GROUP = 20;
const BUSY_FACTS = 100;

/** The jobs that are in memory: those that are reported on, and those that were lately. */
export function createLiveJobs({ store, nowMs, isStored, settled, onLoaded }: LiveJobsDeps) {
  const jobs = new Map<string, LiveJob>();
  const loading = new Map<string, Promise<LiveJob | null>>();
  /** Their projection goes with the next group: created, changed state, ended. */
  const urgent = new Set<LiveJob>();
  /** Jobs that left memory before the store knew them, as they began: the facts after that say all else. */
  let beginnings: JobProjection[] = [];
  /** Due for a projection, some with each group. */
  const lazy = new Set<LiveJob>();

  async function load(jobId: string): Promise<LiveJob | null> {
    const job = await store.readJob(jobId);
    // It may have been announced while the store was asked.
    const known = jobs.get(jobId);
    if (known !== undefined || job === null) return known ?? null;
    const live = createLiveJob(job, nowMs());
    onLoaded?.(live);
    jobs.set(jobId, live);
    return live;
  }

  function startLoading(jobId: string, loaded: Promise<LiveJob | null>): Promise<LiveJob | null> {
    const started = loaded.finally(() => loading.delete(jobId));
    loading.set(jobId, started);
    return started;
  }

  function sweep(): void {
    const now = nowMs();
    for (const live of jobs.values()) {
      const isDue = live.dirty || (live.moved && Math.abs(now - live.projectedMs) >= MOVED_EVERY_MS);
      if (isDue) lazy.add(live);
      else if (now - live.lastTouchedMs > staysMs(live, jobs.size) && mayLeave(live)) forget(live);
    }
  }

  function forget(live: LiveJob): void {
    jobs.delete(live.draft.job_id);
    live.forecast?.close();
  }

  /** What the store is still to be told would be missing from the job that is read from it later. */
  function mayLeave(live: LiveJob): boolean {
    return !live.moved && !lazy.has(live) && !urgent.has(live) && isStored(live);
  }

  function project(live: LiveJob): JobProjection {
    const tasks: Task[] = [];
    for (const taskId of live.dirtyTasks) {
      const task = live.draft.tasks.get(taskId);
      if (task !== undefined) tasks.push(task);
    }
    live.announcement = null;
    live.dirtyTasks.clear();
    live.dirty = false;
    live.moved = false;
    live.projectedMs = nowMs();
    return { job: summaryOf(live.draft), tasks };
  }

  return {
    /** The job if it is in memory. */
    peek: (jobId: string): LiveJob | undefined => jobs.get(jobId),
    add(live: LiveJob): void {
      jobs.set(live.draft.job_id, live);
    },
    /** The job, from memory or from the store; null when there is none. */
    get(jobId: string): Promise<LiveJob | null> {
      const known = jobs.get(jobId);
      if (known !== undefined) return Promise.resolve(known);
      return loading.get(jobId) ?? startLoading(jobId, load(jobId));
    },
    /** Forgets a job of which memory may be wrong, and takes it anew from the store, once its facts are there. */
    reload(live: LiveJob): void {
      const { job_id: jobId } = live.draft;
      if (jobs.get(jobId) !== live) return;
      forget(live);
      // The store takes no facts of a job that it does not know.
      if (live.announcement !== null) beginnings.push(beginningOf(live.announcement));
      urgent.delete(live);
      lazy.delete(live);
      startLoading(
        jobId,
        settled().then(() => load(jobId)),
      ).catch(() => undefined);
    },
    /** The job's projection goes with the next group. */
    projectSoon(live: LiveJob): void {
      urgent.add(live);
    },
    /** Marks all that changed for the next groups, and lets go of what nobody needs. */
    sweep,
    /** The projections that go with a group of so many facts, as they stand now. */
    takeProjections(facts: number): readonly JobProjection[] {
      const limit = facts < BUSY_FACTS ? PROJECTIONS_A_GROUP : PROJECTIONS_A_BUSY_GROUP;
      const taken = beginnings;
      beginnings = [];
      for (const live of urgent) taken.push(project(live));
      urgent.clear();
      for (const live of lazy) {
        if (taken.length >= limit) break;
        lazy.delete(live);
        if (live.dirty || live.moved) taken.push(project(live));
      }
      return taken;
    },
    /** Everything that the store does not show yet is due. */
    projectAll(): void {
      for (const live of jobs.values()) if (live.dirty || live.moved) lazy.add(live);
    },
    isProjectionDue: (): boolean => beginnings.length + urgent.size + lazy.size > 0,
    /** Jobs in memory that have not ended. */
    *open(): Generator<LiveJob> {
      for (const live of jobs.values()) if (!isFinalJobState(live.draft.state)) yield live;
    },
    size: (): number => jobs.size,
  };
}

export type LiveJobs = ReturnType<typeof createLiveJobs>;

/** A job as its first fact made it. */
function beginningOf(announcement: PlayheadEvent): JobProjection {
  const draft = draftOf(emptyJob(announcement.job_id));
  applyEvent(draft, announcement);
  return { job: summaryOf(draft), tasks: [] };
}

function staysMs(live: LiveJob, count: number): number {
  if (isFinalJobState(live.draft.state)) return ENDED_STAYS_MS;
  // One that waits for a worker is found in memory alone.
  if (live.draft.state === "pending" && live.draft.worker === null) return Number.POSITIVE_INFINITY;
  return count > MANY_JOBS ? IDLE_STAYS_MS : Number.POSITIVE_INFINITY;
}
