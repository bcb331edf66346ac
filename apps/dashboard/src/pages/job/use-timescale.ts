import type { Job } from "@playhead/core";
import { useEffect, useRef } from "react";
import { nextTimescale, type Timescale } from "./timescale.ts";

/** The timescale of a job's timeline, which rests while what there is to show still fits. */
export function useTimescale(job: Job, nowMs: number): Timescale {
  const held = useRef<Timescale | null>(null);
  const startMs = Date.parse(job.started_at ?? job.created_at);
  const endedMs = job.ended_at === null ? null : Date.parse(job.ended_at);
  const scale = nextTimescale(held.current, { startMs, nowMs, endedMs, etaHighMs: job.progress.eta_high_ms });
  useEffect(() => {
    held.current = scale;
  });
  return scale;
}
