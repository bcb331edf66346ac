import { isFinalJobState, type Job, type ToldForecast } from "@playhead/core";
import type { CSSProperties } from "react";
import type { ChartGroup } from "../../ui/chart/chart-group.ts";
import { fanOf } from "./forecast/fan.ts";
import type { Happenings } from "./happenings.ts";
import type { Span } from "./span.ts";
import type { HeadLook } from "./timeline-axis.tsx";
import { TimelineCursor } from "./timeline-cursor.tsx";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";

export interface TimelineOverlayProps {
  readonly scale: Timescale;
  /** Where the playhead stands. */
  readonly headMs: number;
  readonly look: HeadLook;
  /** Now, or when the job ended. */
  readonly lastMs: number;
  readonly job: Job;
  readonly happenings: Happenings;
  /** What was told of its finish until then; empty where too little is known. */
  readonly told: readonly ToldForecast[];
  /** The charts below. */
  readonly group: ChartGroup;
}

/** What lies over the tracks: time spent paused, what is expected right of the playhead, and the playhead. */
export function TimelineOverlay({ scale, headMs, look, lastMs, job, happenings, told, group }: TimelineOverlayProps) {
  const { eta_ms, eta_low_ms, eta_high_ms } = job.progress;
  const isOpen = !isFinalJobState(job.state);
  const lengthMs = scale.endMs - scale.startMs;
  const share = (ms: number) => (ms / lengthMs) * 100;
  const isPast = look === "past";
  return (
    <div className="tl-overlay" aria-hidden="true">
      <Hatched spans={happenings.paused} kind="paused" scale={scale} untilMs={headMs} />
      <Hatched spans={happenings.limited} kind="limited" scale={scale} untilMs={headMs} />
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
        {(isOpen || isPast) && headMs <= scale.endMs && <div className="tl-future" />}
        {isOpen && eta_ms !== null && told.length === 0 && headMs <= scale.endMs && (
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
      {isOpen && told.length > 0 && <FanView told={told} scale={scale} headMs={headMs} />}
      <TimelineCursor group={group} scale={scale} headMs={headMs} />
      {isPast && isOnScale(scale, lastMs) && (
        <div className="tl-moving" style={{ transform: `translateX(${positionOnScale(scale, lastMs) * 100}%)` }}>
          <div className="tl-now tl-beneath" />
        </div>
      )}
    </div>
  );
}

interface HatchedProps {
  readonly spans: readonly Span[];
  readonly kind: "paused" | "limited";
  readonly scale: Timescale;
  /** What began later is not shown yet. */
  readonly untilMs: number;
}

/** Time that was no work. */
function Hatched({ spans, kind, scale, untilMs }: HatchedProps) {
  return (
    <div className="tl-moving">
      {spans
        .filter(({ startMs }) => startMs < untilMs)
        .map(({ startMs, endMs }) => {
          const left = positionOnScale(scale, startMs);
          const right = positionOnScale(scale, Math.min(endMs ?? untilMs, untilMs));
          return (
            right > left && (
              <div
                key={startMs}
                className="tl-hatched"
                data-kind={kind}
                style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
              />
            )
          );
        })}
    </div>
  );
}

/** The drawing of the fan is stretched to its place. */
const FAN = { widthPx: 1_000, heightPx: 100 };

/** What was told of the finish: the first on top, the newest at the bottom. */
function FanView({ told, scale, headMs }: Pick<TimelineOverlayProps, "told" | "scale" | "headMs">) {
  const { area, line } = fanOf(told, scale, FAN.widthPx, FAN.heightPx);
  const fromPx = positionOnScale(scale, headMs) * 100;
  return (
    <div className="tl-moving" style={{ clipPath: `inset(0 -12px 0 ${fromPx}%)` }}>
      <svg
        className="tl-fan"
        viewBox={`0 0 ${FAN.widthPx} ${FAN.heightPx}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <polygon points={area} />
        <polyline points={line} vectorEffect="non-scaling-stroke" />
      </svg>
    </div>
  );
}
