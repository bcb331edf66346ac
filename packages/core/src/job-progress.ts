import { type EstimateEta, estimateLinearEta } from "./eta.ts";
import type { Job } from "./job.ts";
import { isFinalJobState } from "./job-state.ts";
import { type JobProgress, MAX_OPEN_PERCENT } from "./progress-fields.ts";

/** Active milliseconds of a job up to `nowMs`: since it first ran, without its pauses. */
export function activeMs(
  job: Pick<Job, "started_at" | "ended_at" | "paused_ms" | "paused_since">,
  nowMs: number,
): number {
  if (job.started_at === null) return 0;
  const until = job.ended_at === null ? nowMs : Date.parse(job.ended_at);
  const pausedNow = job.paused_since === null ? 0 : Math.max(0, until - Date.parse(job.paused_since));
  return Math.max(0, until - Date.parse(job.started_at) - job.paused_ms - pausedNow);
}

/** Active milliseconds of a job up to `nowMs` in which it waited on nobody's limit: what its rate is made from. */
export function workingMs(job: Job, nowMs: number): number {
  const until = job.ended_at === null ? nowMs : Date.parse(job.ended_at);
  // A job that was stored before these fields were has neither.
  const { limited_ms = 0, limited_since = null } = job;
  const limitedNow = limited_since === null ? 0 : Math.max(0, until - Date.parse(limited_since));
  return Math.max(0, activeMs(job, nowMs) - limited_ms - limitedNow);
}

/** How many items are finished in a minute at work, to two digits; null while there is nothing to tell. */
export function itemsPerMinute(finished: number, active: number): number | null {
  return finished > 0 && active > 0 ? Math.round((finished * 60_000 * 100) / active) / 100 : null;
}

/**
 * The fields of SPEC §3 as they stand at `nowMs`, for a `job.progress` tick.
 *
 * @param fraction 0..1, from the job's progress tree.
 */
export function progressAt(
  job: Job,
  fraction: number,
  nowMs: number,
  estimate: EstimateEta = estimateLinearEta,
): JobProgress {
  const { progress } = job;
  if (isFinalJobState(job.state)) return progress;
  const active = workingMs(job, nowMs);
  // Rounded down, so that rounding never shows more than there is; but 0.57 shall be 57, though it is stored as less.
  const grown = Math.min(MAX_OPEN_PERCENT, Math.floor(fraction * 10_000 + 1e-6) / 100);
  const percent = Math.max(progress.percent_complete, grown);
  const eta = estimate({ nowMs, activeMs: active, fraction: Math.max(fraction, percent / 100) });
  return {
    ...progress,
    percent_complete: percent,
    items_per_minute: itemsPerMinute(progress.items_completed, active),
    eta_ms: eta?.eta_ms ?? null,
    eta_low_ms: eta?.eta_low_ms ?? null,
    eta_high_ms: eta?.eta_high_ms ?? null,
    estimated_completion: eta?.estimated_completion ?? null,
  };
}
