import type { Job } from "@playhead/core";
import type { CSSProperties } from "react";
import { positionOnScale, type Timescale } from "./timescale.ts";

export interface TimelineOverlayProps {
  readonly scale: Timescale;
  /** Null once the job has ended. */
  readonly nowMs: number | null;
  readonly live: boolean;
  readonly job: Job;
}

/** What lies over the tracks: time spent paused, what is expected right of now, and the playhead. */
export function TimelineOverlay({ scale, nowMs, live, job }: TimelineOverlayProps) {
  const { eta_ms, eta_low_ms, eta_high_ms } = job.progress;
  const lengthMs = scale.endMs - scale.startMs;
  const share = (ms: number) => (ms / lengthMs) * 100;
  return (
    <div className="tl-overlay" aria-hidden="true">
      {job.paused_since !== null && (
        <div className="tl-moving">
          <div
            className="tl-paused"
            style={{ left: `${positionOnScale(scale, Date.parse(job.paused_since)) * 100}%` }}
          />
        </div>
      )}
      {job.ended_at !== null && job.state !== "completed" && (
        <div className="tl-moving">
          <div
            className="tl-broken"
            data-state={job.state}
            style={{ left: `${positionOnScale(scale, Date.parse(job.ended_at)) * 100}%` }}
          />
        </div>
      )}
      {nowMs !== null && (
        <div
          className="tl-moving"
          style={{ transform: `translateX(${positionOnScale(scale, nowMs) * 100}%)` }}
          data-stale={live ? undefined : ""}
        >
          <div className="tl-future" />
          {eta_ms !== null && (
            <>
              <div
                className="tl-cone"
                style={
                  {
                    width: `${share(eta_high_ms ?? eta_ms)}%`,
                    "--sure": `${((eta_low_ms ?? eta_ms) / (eta_high_ms ?? eta_ms)) * 100}%`,
                  } as CSSProperties
                }
              />
              <div className="tl-finish" style={{ left: `${share(eta_ms)}%` }} />
            </>
          )}
          <div className="tl-now" />
        </div>
      )}
    </div>
  );
}
