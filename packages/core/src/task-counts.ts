import type { TaskState } from "./task-state.ts";

/** How many tasks stand in each state. */
export type StateCounts = Readonly<Record<TaskState, number>>;

/**
 * Counts of a job's tasks, kept as events come in, for two readings of "item" (SPEC §1): its deliverables (kind
 * `video` or `clip`) or, where it has none, its leaves.
 */
export interface TaskCounts {
  readonly deliverables: StateCounts;
  readonly leaves: StateCounts;
  /** Sums over finished (completed) items of the two readings, in milliseconds from start to end. */
  readonly deliverable_ms: number;
  readonly leaf_ms: number;
}

const NONE: StateCounts = { pending: 0, processing: 0, completed: 0, failed: 0, skipped: 0, canceled: 0 };

/** The counts of a job without tasks. */
export const NO_TASKS: TaskCounts = { deliverables: NONE, leaves: NONE, deliverable_ms: 0, leaf_ms: 0 };

/** @returns whether tasks of this kind are what the job delivers. */
export function isDeliverable(kind: string): boolean {
  return kind === "video" || kind === "clip";
}

/** The counts with one task moved between states; null stands for "not there". */
export function moveCount(counts: StateCounts, from: TaskState | null, to: TaskState | null): StateCounts {
  if (from === to) return counts;
  const moved = { ...counts };
  if (from !== null) moved[from] -= 1;
  if (to !== null) moved[to] += 1;
  return moved;
}

/** The counts after everything open was canceled, as the end of a job does it. */
export function cancelOpen(counts: TaskCounts): TaskCounts {
  return { ...counts, deliverables: withoutOpen(counts.deliverables), leaves: withoutOpen(counts.leaves) };
}

function withoutOpen(counts: StateCounts): StateCounts {
  const { pending, processing, canceled } = counts;
  return { ...counts, pending: 0, processing: 0, canceled: canceled + pending + processing };
}

/** The reading of "item" that holds for this job: how many there are by state, and how long the finished ones took. */
export function itemCounts(counts: TaskCounts): { readonly states: StateCounts; readonly finishedMs: number } {
  const hasDeliverables = totalOf(counts.deliverables) > 0;
  return hasDeliverables
    ? { states: counts.deliverables, finishedMs: counts.deliverable_ms }
    : { states: counts.leaves, finishedMs: counts.leaf_ms };
}

/** How many tasks are counted, in whatever state. */
export function totalOf(states: StateCounts): number {
  return states.pending + states.processing + states.completed + states.failed + states.skipped + states.canceled;
}
