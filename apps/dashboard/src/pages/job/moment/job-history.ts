import { createProgressTree, emptyJob, foldAll, type Job, type PlayheadEvent, progressAt } from "@playhead/core";

/** A job's facts, and the job as it stood at any moment of them. */
export interface JobHistory {
  /** Takes the facts that follow; those that are known, or stand behind a gap, change nothing. */
  add(facts: readonly PlayheadEvent[]): void;
  /** The facts so far, in their order. */
  readonly facts: readonly PlayheadEvent[];
  /** The fold of the facts up to the first that is later than the moment; null before the first. */
  jobAt(atMs: number): Job | null;
  /** When something happened next, after (1) or before (-1) a moment; null when nothing did. */
  momentBeside(atMs: number, by: 1 | -1): number | null;
}

/** So many facts lie between two folds that are kept: few enough to fold while a frame is drawn. */
const CHECKPOINT_EVERY = 1_000;

interface Folded {
  /** How many facts are in it. */
  readonly count: number;
  readonly job: Job;
}

/**
 * Creates the history of a job. Every so many facts the job as folded is kept, so that any moment costs the folding of
 * the facts since then; the tasks are shared between the folds.
 *
 * @param checkpointEvery in facts
 */
export function createJobHistory(jobId: string, checkpointEvery = CHECKPOINT_EVERY): JobHistory {
  const facts: PlayheadEvent[] = [];
  /** The latest moment that was told of up to each fact: clocks of sources differ, so theirs need not grow. */
  const reachedMs: number[] = [];
  const checkpoints: Job[] = [emptyJob(jobId)];
  let last: Folded = { count: 0, job: checkpoints[0] as Job };

  function foldTo(count: number): Job {
    if (last.count === count) return last.job;
    // The one at the very end is not there yet while it is made.
    const at = Math.min(Math.floor(count / checkpointEvery), checkpoints.length - 1);
    const checkpoint: Folded = { count: at * checkpointEvery, job: checkpoints[at] as Job };
    const from = last.count < count && last.count > checkpoint.count ? last : checkpoint;
    last = { count, job: foldAll(from.job, facts.slice(from.count, count)) };
    return last.job;
  }

  return {
    facts,
    add(more) {
      for (const fact of more) {
        if (fact.tick !== undefined || fact.seq !== facts.length + 1) continue;
        facts.push(fact);
        reachedMs.push(Math.max(reachedMs.at(-1) ?? 0, Date.parse(fact.ts)));
        if (facts.length % checkpointEvery === 0) checkpoints.push(foldTo(facts.length));
      }
    },
    jobAt(atMs) {
      const count = countUpTo(reachedMs, atMs);
      if (count === 0) return null;
      const job = foldTo(count);
      // Ticks are not kept, so the bar of then is worked out of the tasks of then, as the server does.
      const fraction = createProgressTree({ tasks: job.tasks.values() }).fraction();
      return { ...job, progress: progressAt(job, fraction, atMs) };
    },
    momentBeside(atMs, by) {
      const beside = by === 1 ? reachedMs[countUpTo(reachedMs, atMs)] : reachedMs[countUpTo(reachedMs, atMs - 1) - 1];
      return beside ?? null;
    },
  };
}

/** How many of the values, which never fall, are no greater. */
function countUpTo(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
