import { type ControlVerb, isFinalJobState, JOB_TRANSITIONS, type JobState } from "@playhead/core";

/** What people may ask of a job. */
export type JobVerb = ControlVerb | "retry";

/** The state that each request leads to. */
const LEADS_TO: Readonly<Record<ControlVerb, JobState>> = { pause: "pausing", resume: "running", cancel: "canceling" };

/** Why a request makes no sense in a state; null when it does. */
export function whyNot(verb: JobVerb, state: JobState, live: boolean): string | null {
  return whyNever(verb, state) ?? (live ? null : "Not connected: what you see may be out of date.");
}

/** Why a request makes no sense in a state, whatever the connection; null when it does. */
export function whyNever(verb: JobVerb, state: JobState): string | null {
  if (verb === "retry") {
    if (state === "failed" || state === "canceled") return null;
    return state === "completed" ? "It is done." : "It has not ended.";
  }
  if (isFinalJobState(state)) return `The job is ${state === "completed" ? "done" : state}.`;
  if (!JOB_TRANSITIONS[state][LEADS_TO[verb]] || (verb === "resume" && state === "pending"))
    return REASONS[verb](state);
  return null;
}

const REASONS: Readonly<Record<ControlVerb, (state: JobState) => string>> = {
  pause: (state) =>
    state === "pausing" || state === "paused"
      ? "It is paused already."
      : state === "pending"
        ? "It has not started yet."
        : "It is about to end.",
  resume: (state) =>
    state === "pending" ? "It has not started yet." : state === "running" ? "It is running." : "It is about to end.",
  cancel: (state) => (state === "canceling" ? "It is being canceled." : "It is about to end."),
};

/** Which of pause and resume is offered: what a paused job needs is to go on. */
export function pauseOrResume(state: JobState): "pause" | "resume" {
  return state === "paused" || state === "pausing" ? "resume" : "pause";
}
