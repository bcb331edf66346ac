import { formatClock, formatTimecode } from "@playhead/client/format";
import type { RefObject } from "react";
import { positionOnScale, type Timescale, ticksOf } from "./timescale.ts";

export interface TimelineAxisProps {
  readonly lanesRef: RefObject<HTMLDivElement | null>;
  readonly scale: Timescale;
  readonly widthPx: number;
  /** Null once the job has ended: then there is no now on it. */
  readonly nowMs: number | null;
  readonly live: boolean;
  /** How many tracks there are, in words. */
  readonly tracks: string;
  /** Expected time left; null while nothing is known. */
  readonly etaMs: number | null;
}

/** Room that the playhead's timecode takes on either side. */
const HEAD_PX = 40;
/** How long a tick's timecode is. */
const LABEL_PX = 68;
/** Room that the time of the expected end takes on either side. */
const FINISH_PX = 42;

/** The axis: timecode since the job's start, and the playhead's head. */
export function TimelineAxis({ lanesRef, scale, widthPx, nowMs, live, tracks, etaMs }: TimelineAxisProps) {
  const { hasRoom, finishPx, beyond } = placesOf({ scale, widthPx, nowMs, etaMs });
  return (
    <div className="tl-axis" aria-hidden="true">
      <div className="flex h-full items-center text-12 text-faint" style={{ width: "var(--label)" }}>
        {tracks}
      </div>
      <div ref={lanesRef} className="tl-lanes">
        {ticksOf(scale, widthPx).map(({ atMs, at }) => (
          <div key={atMs} className="tl-tick" style={{ left: `${at * 100}%` }}>
            {hasRoom(atMs) && formatTimecode(atMs - scale.startMs)}
          </div>
        ))}
        {nowMs !== null && etaMs !== null && finishPx !== null && (
          <div className="tl-eta" style={{ left: finishPx }}>
            ≈ {formatClock(nowMs + etaMs)}
            {beyond && " →"}
          </div>
        )}
        {nowMs !== null && <Head scale={scale} widthPx={widthPx} nowMs={nowMs} live={live} />}
      </div>
    </div>
  );
}

/** Where the head stands, and when the job is expected to be done: ticks whose timecode would meet one of them go without. */
function placesOf({ scale, widthPx, nowMs, etaMs }: Pick<TimelineAxisProps, "scale" | "widthPx" | "nowMs" | "etaMs">) {
  const pxOf = (atMs: number) => ((atMs - scale.startMs) / (scale.endMs - scale.startMs)) * widthPx;
  const headPx = nowMs === null ? null : pxOf(nowMs);
  const finishPx = nowMs === null || etaMs === null ? null : Math.min(pxOf(nowMs + etaMs), widthPx - FINISH_PX);
  // Right beside the playhead there is no room for it, and no need.
  const showsFinish = headPx !== null && finishPx !== null && finishPx - headPx > HEAD_PX + FINISH_PX;
  const taken = [
    headPx === null ? null : { px: headPx, halfPx: HEAD_PX },
    showsFinish ? { px: finishPx, halfPx: FINISH_PX } : null,
  ].filter((each) => each !== null);
  const hasRoom = (atMs: number) => {
    const px = pxOf(atMs);
    return (
      widthPx - px >= LABEL_PX &&
      taken.every((each) => px + LABEL_PX < each.px - each.halfPx || px > each.px + each.halfPx)
    );
  };
  return {
    hasRoom,
    finishPx: showsFinish ? finishPx : null,
    beyond: nowMs !== null && etaMs !== null && nowMs + etaMs > scale.endMs,
  };
}

function Head({
  scale,
  widthPx,
  nowMs,
  live,
}: {
  readonly scale: Timescale;
  readonly widthPx: number;
  readonly nowMs: number;
  readonly live: boolean;
}) {
  const at = positionOnScale(scale, nowMs);
  const lean = at * widthPx < HEAD_PX ? "right" : (1 - at) * widthPx < HEAD_PX ? "left" : undefined;
  return (
    <div
      className="tl-moving"
      style={{ right: 0, transform: `translateX(${at * 100}%)` }}
      data-lean={lean}
      data-stale={live ? undefined : ""}
    >
      <div className="tl-head">{formatTimecode(nowMs - scale.startMs)}</div>
    </div>
  );
}
