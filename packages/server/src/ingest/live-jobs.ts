import { isFinalJobState, type JobSummary, summaryOf } from "@playhead/core";
import type { JobProjection, Store } from "../store/store.ts";
import { createLiveJob, type LiveJob } from "./live-job.ts";

export interface LiveJobsDeps {
  readonly store: Pick<Store, "readJob">;
  readonly nowMs: () => number;
}

/** A job that has ended leaves memory after this. */
const ENDED_STAYS_MS = 5 * 60_000;
/** An open job that nobody reports on leaves memory after this, when there are many. */
const IDLE_STAYS_MS = 10 * 60_000;
const MANY_JOBS = 10_000;
/** How many lazy projections one group takes along. */
const PROJECTIONS_A_GROUP = 500;

/** The jobs that are in memory: those that run, and those that were asked for lately. */
export function createLiveJobs({ store, nowMs }: LiveJobsDeps) {
  const jobs = new Map<string, LiveJob>();
  const loading = new Map<string, Promise<LiveJob | null>>();
  /** Their projection goes with the next group: created, changed state, ended. */
  const urgent = new Set<LiveJob>();
  /** Due for a projection when the sweep says so. */
  const lazy = new Set<LiveJob>();

  async function load(jobId: string): Promise<LiveJob | null> {
    const job = await store.readJob(jobId);
    // It may have been announced while the store was asked.
    const known = jobs.get(jobId);
    if (known !== undefined || job === null) return known ?? null;
    const live = createLiveJob(job, nowMs());
    jobs.set(jobId, live);
    return live;
  }

  return {
    /** The job if it is in memory. */
    peek: (jobId: string): LiveJob | undefined => jobs.get(jobId),
    add(live: LiveJob): void {
      jobs.set(live.draft.job_id, live);
    },
    /** Forgets a job whose first fact was refused. */
    drop(jobId: string): void {
      jobs.delete(jobId);
    },
    /** The job, from memory or from the store; null when there is none. */
    get(jobId: string): Promise<LiveJob | null> {
      const known = jobs.get(jobId);
      if (known !== undefined) return Promise.resolve(known);
      const underway = loading.get(jobId);
      if (underway !== undefined) return underway;
      const started = load(jobId).finally(() => loading.delete(jobId));
      loading.set(jobId, started);
      return started;
    },
    projectSoon(live: LiveJob): void {
      urgent.add(live);
    },
    /** Marks all that changed for the next groups, and lets go of what nobody needs. */
    sweep(): void {
      const now = nowMs();
      for (const live of jobs.values()) {
        if (live.dirty) lazy.add(live);
        else if (now - live.lastTouchedMs > staysMs(live, jobs.size)) jobs.delete(live.draft.job_id);
      }
    },
    /** The projections that are due, as they stand now. */
    takeProjections(): readonly JobProjection[] {
      const taken: JobProjection[] = [];
      for (const live of urgent) taken.push(project(live));
      urgent.clear();
      for (const live of lazy) {
        if (taken.length >= PROJECTIONS_A_GROUP) break;
        lazy.delete(live);
        if (live.dirty) taken.push(project(live));
      }
      return taken;
    },
    /** Everything that the store does not show yet is due. */
    projectAll(): void {
      for (const live of jobs.values()) if (live.dirty) urgent.add(live);
    },
    isProjectionDue: (): boolean => urgent.size + lazy.size > 0,
    /** Jobs in memory that have not ended. */
    *open(): Generator<LiveJob> {
      for (const live of jobs.values()) if (!isFinalJobState(live.draft.state)) yield live;
    },
  };
}

export type LiveJobs = ReturnType<typeof createLiveJobs>;

/** A live job's summary, for lists. */
export function liveSummary(live: LiveJob): JobSummary {
  return summaryOf(live.draft);
}

function staysMs(live: LiveJob, count: number): number {
  if (isFinalJobState(live.draft.state)) return ENDED_STAYS_MS;
  return count > MANY_JOBS ? IDLE_STAYS_MS : Number.POSITIVE_INFINITY;
}

function project(live: LiveJob): JobProjection {
  const tasks = [];
  for (const taskId of live.dirtyTasks) {
    const task = live.draft.tasks.get(taskId);
    if (task !== undefined) tasks.push(task);
  }
  live.dirtyTasks.clear();
  live.dirty = false;
  return { job: summaryOf(live.draft), tasks };
}
