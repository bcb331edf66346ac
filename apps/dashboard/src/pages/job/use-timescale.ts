import type { Job } from "@playhead/core";
import { useEffect, useRef } from "react";
import { nextTimescale, type Timescale } from "./timescale.ts";

/**
 * The timescale of what a job did, and of what is ahead of it; rests while what there is to show still fits.
 *
 * @param aheadMs how much of what is ahead is shown; null while nothing is known of it
 */
export function useTimescale(job: Job, nowMs: number, aheadMs: number | null): Timescale {
  const held = useRef<Timescale | null>(null);
  const startMs = Date.parse(job.started_at ?? job.created_at);
  const endedMs = job.ended_at === null ? null : Date.parse(job.ended_at);
  const scale = nextTimescale(held.current, { startMs, nowMs, endedMs, etaHighMs: aheadMs });
  useEffect(() => {
    held.current = scale;
  });
  return scale;
}
