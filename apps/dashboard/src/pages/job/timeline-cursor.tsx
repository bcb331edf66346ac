import { useSyncExternalStore } from "react";
import type { ChartGroup } from "../../ui/chart/chart-group.ts";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";

export interface TimelineCursorProps {
  readonly group: ChartGroup;
  readonly scale: Timescale;
  /** Where the playhead stands: there it is drawn already. */
  readonly headMs: number;
}

/** The moment that is pointed at on a chart, on the tracks. */
export function TimelineCursor({ group, scale, headMs }: TimelineCursorProps) {
  const cursorMs = useSyncExternalStore(group.subscribe, () => group.cursorMs);
  if (cursorMs === null || cursorMs === headMs || !isOnScale(scale, cursorMs)) return null;
  return (
    <div className="tl-moving" style={{ transition: "none" }}>
      <div className="tl-cursor" style={{ left: `${positionOnScale(scale, cursorMs) * 100}%` }} />
    </div>
  );
}
