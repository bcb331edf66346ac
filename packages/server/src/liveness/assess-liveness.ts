import { isFinalJobState, type JobState, type Liveness } from "@playhead/core";
import type { Pace } from "./pace.ts";

/** How long what may be silent. */
export interface LivenessLimits {
  /** A worker that is silent for longer is lost: a few heartbeats. */
  readonly workerLostAfterMs: number;
  /** A job of which nothing at all is reported for longer is stuck. */
  readonly stuckAfterMs: number;
  /** A job on which nothing advances for longer has stalled. */
  readonly stallAfterMs: number;
}

/** What is known of a job at a moment. */
export interface Observation {
  readonly state: JobState;
  /** It waits on someone else's limit. */
  readonly rateLimited: boolean;
  /** For how long nothing was heard of its worker; null where it has none, or one that never said that it would beat. */
  readonly workerSilentMs: number | null;
  /** For how long nothing was reported of it. */
  readonly unreportedMs: number;
  /** For how long no frame, byte or item of it has come. */
  readonly unmovedMs: number;
  readonly pace: Pace;
}

export interface Assessment {
  readonly liveness: Liveness;
  /** In words; null while all is well. */
  readonly reason: string | null;
}

/** In these a job's work is expected to advance. */
const AT_WORK: ReadonlySet<JobState> = new Set(["running", "completing"]);

const OK: Assessment = { liveness: "ok", reason: null };

/** Tells dead, silent, stalled and slow apart (DESIGN §5); the worst that holds is said. */
export function assessLiveness(seen: Observation, limits: LivenessLimits): Assessment {
  const { state, workerSilentMs, unreportedMs, unmovedMs } = seen;
  if (isFinalJobState(state)) return OK;
  if (workerSilentMs !== null && workerSilentMs > limits.workerLostAfterMs) {
    return { liveness: "lost", reason: `nothing was heard of its worker for ${durationWords(workerSilentMs)}` };
  }
  // Whoever paused it knows that nothing comes.
  if (state === "paused") return OK;
  if (unreportedMs > limits.stuckAfterMs) {
    return { liveness: "stuck", reason: `nothing was reported for ${durationWords(unreportedMs)}` };
  }
  if (!AT_WORK.has(state) || seen.rateLimited) return OK;
  if (unmovedMs > limits.stallAfterMs) {
    return { liveness: "stalled", reason: `its worker lives, but nothing advanced for ${durationWords(unmovedMs)}` };
  }
  return seen.pace === "slow" ? { liveness: "slow", reason: "it goes at less than half of the pace that it had" } : OK;
}

function durationWords(ms: number): string {
  if (!Number.isFinite(ms)) return "too long";
  const sec = Math.round(ms / 1_000);
  if (sec < 120) return `${sec} s`;
  const min = Math.round(sec / 60);
  return min < 120 ? `${min} min` : `${Math.round(min / 60)} h`;
}
