import type { TaskForecast } from "@playhead/core";
import type { CSSProperties } from "react";
import { positionOnScale, type Timescale } from "../timescale.ts";

export interface GhostProps {
  readonly forecast: TaskForecast;
  readonly scale: Timescale;
  /** Nothing is expected before. */
  readonly fromMs: number;
}

/** Where the rest of a piece of work is expected: sure until the lower end of its interval, and gone at the upper. */
export function Ghost({ forecast: { start_ms, end, is_slow }, scale, fromMs }: GhostProps) {
  const startMs = Math.max(start_ms, fromMs);
  const left = positionOnScale(scale, startMs);
  const right = positionOnScale(scale, Math.max(end.high_ms, startMs));
  if (right <= left) return null;
  const lengthMs = end.high_ms - startMs;
  const share = (ms: number) => `${Math.min(100, Math.max(0, ((ms - startMs) / lengthMs) * 100))}%`;
  return (
    <span
      className="tl-ghost"
      data-slow={is_slow ? "" : undefined}
      style={
        {
          left: `${left * 100}%`,
          width: `${(right - left) * 100}%`,
          "--sure": share(end.low_ms),
        } as CSSProperties
      }
    />
  );
}
