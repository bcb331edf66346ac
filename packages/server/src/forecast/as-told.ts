import { isFinalJobState, type JobSnapshot } from "@playhead/core";
import type { ToldPoint } from "./told-points.ts";

/** A past job with the bar and the ETA that viewers were told then; as it is where nothing was told. */
export function asTold(job: JobSnapshot, told: ToldPoint | null, atMs: number): JobSnapshot {
  if (told === null || isFinalJobState(job.state)) return job;
  const left = (ms: number) => Math.max(0, ms - atMs);
  return {
    ...job,
    progress: {
      ...job.progress,
      percent_complete: told.percent,
      eta_ms: left(told.ms),
      eta_low_ms: left(told.low_ms),
      eta_high_ms: left(told.high_ms),
      estimated_completion: new Date(Math.max(atMs, told.ms)).toISOString(),
    },
  };
}
