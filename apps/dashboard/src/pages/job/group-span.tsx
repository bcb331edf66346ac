import { densityOf } from "./density.ts";
import { positionOnScale, type Timescale } from "./timescale.ts";
import { type TimelineRow, workSpansOf } from "./tracks.ts";

export interface GroupSpanProps {
  readonly row: Extract<TimelineRow, { readonly kind: "group" }>;
  readonly scale: Timescale;
  readonly widthPx: number;
}

/** So wide is a part of which it is said how much was at work. */
const PART_PX = 4;
/** Of the drawing, which is stretched to its place. */
const HEIGHT = 100;

/** A group on its track: a bracket over what its tracks span; while they are folded away, how many were at work. */
export function GroupSpan({ row, scale, widthPx }: GroupSpanProps) {
  const { started_at: startedAt, ended_at: endedAt } = row.task;
  if (row.folded) return <Density row={row} scale={scale} widthPx={widthPx} />;
  if (startedAt === null) return null;
  const left = positionOnScale(scale, Date.parse(startedAt));
  const right = endedAt === null ? 1 : positionOnScale(scale, Date.parse(endedAt));
  if (right <= left) return null;
  return (
    <div
      className="tl-span"
      data-ended={endedAt === null ? undefined : ""}
      style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
    />
  );
}

function Density({ row, scale, widthPx }: GroupSpanProps) {
  const parts = Math.max(1, Math.floor(widthPx / PART_PX));
  // What lasts runs on under what lies ahead, which covers it from the playhead on.
  const density = densityOf(workSpansOf(row.children), scale, parts, scale.endMs);
  const most = Math.max(1, ...density);
  const steps = density.map((each, at) => `V${Math.round(HEIGHT * (1 - each / most))}H${at + 1}`).join("");
  return (
    <svg className="tl-density" viewBox={`0 0 ${parts} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 ${HEIGHT}${steps}V${HEIGHT}Z`} />
    </svg>
  );
}
