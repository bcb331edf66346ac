import type { JobState, TaskState } from "@playhead/core";
import type { Tone } from "../terminal/line.ts";

/** How a state is shown: three ways at once, so that none depends on colour. */
export interface StateSign {
  readonly sign: string;
  readonly word: string;
  readonly tone: Tone;
}

const sign = (mark: string, word: string, tone: Tone): StateSign => ({ sign: mark, word, tone });

/** The sign of each state of a task. */
export const TASK_SIGNS: Readonly<Record<TaskState, StateSign>> = {
  pending: sign("○", "waiting", "faint"),
  processing: sign("▸", "running", "working"),
  completed: sign("✓", "done", "good"),
  failed: sign("✗", "failed", "bad"),
  skipped: sign("⊘", "skipped", "faint"),
  canceled: sign("■", "canceled", "faint"),
};

/** The sign of each state of a job. */
export const JOB_SIGNS: Readonly<Record<JobState, StateSign>> = {
  pending: sign("○", "pending", "faint"),
  running: sign("▸", "running", "working"),
  pausing: sign("‖", "pausing", "waiting"),
  paused: sign("‖", "paused", "waiting"),
  completing: sign("▸", "completing", "working"),
  canceling: sign("■", "canceling", "waiting"),
  completed: sign("✓", "completed", "good"),
  canceled: sign("■", "canceled", "faint"),
  failed: sign("✗", "failed", "bad"),
};
