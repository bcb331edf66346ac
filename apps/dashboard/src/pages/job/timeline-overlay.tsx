import { isFinalJobState, type Job } from "@playhead/core";
import type { CSSProperties } from "react";
import type { HeadLook } from "./timeline-axis.tsx";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";

export interface TimelineOverlayProps {
  readonly scale: Timescale;
  /** Where the playhead stands. */
  readonly headMs: number;
  readonly look: HeadLook;
  /** Now, or when the job ended. */
  readonly lastMs: number;
  readonly job: Job;
}

/** What lies over the tracks: time spent paused, what is expected right of the playhead, and the playhead. */
export function TimelineOverlay({ scale, headMs, look, lastMs, job }: TimelineOverlayProps) {
  const { eta_ms, eta_low_ms, eta_high_ms } = job.progress;
  const isOpen = !isFinalJobState(job.state);
  const lengthMs = scale.endMs - scale.startMs;
  const share = (ms: number) => (ms / lengthMs) * 100;
  const isPast = look === "past";
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
      {job.ended_at !== null && job.state !== "completed" && isOnScale(scale, Date.parse(job.ended_at)) && (
        <div className="tl-moving">
          <div
            className="tl-broken"
            data-state={job.state}
            style={{ left: `${positionOnScale(scale, Date.parse(job.ended_at)) * 100}%` }}
          />
        </div>
      )}
      <div
        className="tl-moving"
        style={{ transform: `translateX(${positionOnScale(scale, headMs) * 100}%)` }}
        data-look={look}
      >
        {(isOpen || isPast) && <div className="tl-future" />}
        {isOpen && eta_ms !== null && (
          <>
            <div
              className="tl-cone"
              style={
                {
                  // What began left of the view is not drawn from its edge on.
                  marginLeft: `${share(Math.min(0, headMs - scale.startMs))}%`,
                  width: `${share(eta_high_ms ?? eta_ms)}%`,
                  "--sure": `${((eta_low_ms ?? eta_ms) / (eta_high_ms ?? eta_ms)) * 100}%`,
                } as CSSProperties
              }
            />
            <div className="tl-finish" style={{ left: `${share(eta_ms + Math.min(0, headMs - scale.startMs))}%` }} />
          </>
        )}
        {isOnScale(scale, headMs) && look !== "end" && <div className="tl-now" />}
      </div>
      {isPast && isOnScale(scale, lastMs) && (
        <div className="tl-moving" style={{ transform: `translateX(${positionOnScale(scale, lastMs) * 100}%)` }}>
          <div className="tl-now tl-beneath" />
        </div>
      )}
    </div>
  );
}
