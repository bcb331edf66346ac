import { memo } from "react";
import type { Marker } from "./happenings.ts";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";

export interface TimelineMarkersProps {
  readonly markers: readonly Marker[];
  readonly scale: Timescale;
}

/** What happened to the job as a whole, on its axis: changes of state, errors, alerts. The lists beside it say it in words. */
export const TimelineMarkers = memo(function TimelineMarkers({ markers, scale }: TimelineMarkersProps) {
  return markers
    .filter(({ atMs }) => isOnScale(scale, atMs))
    .map(({ atMs, kind, label }) => (
      <span
        key={`${atMs} ${kind} ${label}`}
        className="tl-marker"
        data-kind={kind}
        title={label}
        style={{ left: `${positionOnScale(scale, atMs) * 100}%` }}
      />
    ));
});
