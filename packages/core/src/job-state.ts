/**
 * The life of a job (SPEC §2).
 *
 *   pending ──► running ──► completing ──► completed
 *      │         │  ▲ ▲          │
 *      │         ▼  │ └────────┐ └─────────► failed
 *      │      pausing ──► paused
 *      │         │          │
 *      └─────────┴──────────┴──► canceling ──► canceled
 *
 * `failed` can be reached from every state that is not final.
 */

/** Every state of a job, in the order of its life. */
export const JOB_STATES = [
  "pending",
  "running",
  "pausing",
  "paused",
  "completing",
  "canceling",
  "completed",
  "canceled",
  "failed",
] as const;

/** Where a job stands. */
export type JobState = (typeof JOB_STATES)[number];

const to = (...allowed: readonly JobState[]): Readonly<Record<JobState, boolean>> =>
  Object.fromEntries(JOB_STATES.map((state) => [state, allowed.includes(state)])) as Record<JobState, boolean>;

/** `JOB_TRANSITIONS[from][to]`: whether a job may go there. Total: every pair has an answer. */
export const JOB_TRANSITIONS: Readonly<Record<JobState, Readonly<Record<JobState, boolean>>>> = {
  pending: to("running", "canceling", "failed"),
  running: to("pausing", "completing", "canceling", "failed"),
  pausing: to("paused", "running", "canceling", "failed"),
  paused: to("running", "canceling", "failed"),
  completing: to("completed", "failed"),
  canceling: to("canceled", "failed"),
  completed: to(),
  canceled: to(),
  failed: to(),
};

/** @returns whether the job has ended; nothing moves it any more (a retry is a new job). */
export function isFinalJobState(state: JobState): state is "completed" | "canceled" | "failed" {
  return state === "completed" || state === "canceled" || state === "failed";
}

/** @returns whether a word that came from outside is a job state. */
export function isJobState(word: unknown): word is JobState {
  return typeof word === "string" && Object.hasOwn(JOB_TRANSITIONS, word);
}
