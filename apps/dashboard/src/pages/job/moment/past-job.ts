import type { Job, JobProgress } from "@playhead/core";
import type { JobHistory } from "./job-history.ts";
import type { ToldJob } from "./use-told-job.ts";

/** A job as it stood at a moment. */
export interface PastJob {
  /** Null while it is being read, and where it cannot be had. */
  readonly job: Job | null;
  readonly error: unknown;
}

/** What has been read of a job. */
export interface PastJobSources {
  readonly history: JobHistory;
  /** How many facts the job has; the history may have fewer by now. */
  readonly factsTotal: number;
  readonly historyError: unknown;
  /** What the server said last; null before it did. */
  readonly told: ToldJob | null;
}

/**
 * The job at a moment: the fold of its facts where they are at hand, else what the server told. Its bar and forecast are
 * those of then as soon as the server has told them: ticks are kept by nobody else.
 */
export function pastJobOf({ history, factsTotal, historyError, told }: PastJobSources, atMs: number): PastJob {
  const reachesIt = history.facts.length >= factsTotal || history.momentBeside(atMs, 1) !== null;
  const folded = reachesIt ? history.jobAt(atMs) : null;
  const isTold = told !== null && told.atMs === atMs;
  if (folded === null) {
    // What is told of a moment nearby is shown until the word on this one has come.
    return { job: told?.job ?? null, error: isTold ? told.error : historyError };
  }
  const progress = isTold && told.job !== null ? withTold(folded.progress, told.job.progress) : folded.progress;
  return { job: { ...folded, progress }, error: null };
}

function withTold(progress: JobProgress, told: JobProgress): JobProgress {
  const { percent_complete, items_per_minute, eta_ms, eta_low_ms, eta_high_ms, estimated_completion } = told;
  return {
    ...progress,
    percent_complete,
    items_per_minute,
    eta_ms,
    eta_low_ms,
    eta_high_ms,
    estimated_completion,
  };
}
