import { PlayheadError } from "./errors.ts";
import type { JobState } from "./job-state.ts";
import type { TaskState } from "./task-state.ts";

/** The error of a transition that the tables do not allow; `detail.state` says where the job or task stands. */
export function refuseTransition(message: string, state: JobState | TaskState, hint?: string): PlayheadError {
  return new PlayheadError("conflict", message, { detail: { state }, ...(hint !== undefined && { hint }) });
}
