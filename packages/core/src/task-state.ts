/**
 * The life of a task (SPEC §2).
 *
 *   pending ──► processing ──► completed
 *      │             ├───────► failed
 *      │             └───────► canceled
 *      └──► failed, skipped, canceled
 *
 * A retry inside a job stays in `processing`, with `attempt` + 1.
 */

/** Every state of a task, in the order of its life. */
export const TASK_STATES = ["pending", "processing", "completed", "failed", "skipped", "canceled"] as const;

/** Where a task stands. */
export type TaskState = (typeof TASK_STATES)[number];

const to = (...allowed: readonly TaskState[]): Readonly<Record<TaskState, boolean>> =>
  Object.fromEntries(TASK_STATES.map((state) => [state, allowed.includes(state)])) as Record<TaskState, boolean>;

/** `TASK_TRANSITIONS[from][to]`: whether a task may go there. Total: every pair has an answer. */
export const TASK_TRANSITIONS: Readonly<Record<TaskState, Readonly<Record<TaskState, boolean>>>> = {
  pending: to("processing", "failed", "skipped", "canceled"),
  processing: to("completed", "failed", "canceled"),
  completed: to(),
  failed: to(),
  skipped: to(),
  canceled: to(),
};

/** @returns whether the task has ended. */
export function isFinalTaskState(state: TaskState): boolean {
  return state !== "pending" && state !== "processing";
}

/** @returns whether a word that came from outside is a task state. */
export function isTaskState(word: unknown): word is TaskState {
  return typeof word === "string" && Object.hasOwn(TASK_TRANSITIONS, word);
}
