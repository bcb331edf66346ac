import { formatTimecode, speakDuration } from "@playhead/client/format";
import type { RefObject } from "react";
import { formatClock } from "../../ui/times.ts";
import type { Marker } from "./happenings.ts";
import { TimelineMarkers } from "./timeline-markers.tsx";
import { formatTick, isOnScale, positionOnScale, type Timescale, ticksOf } from "./timescale.ts";
import { useAxisDrag } from "./use-axis-drag.ts";
import type { TimelineView } from "./use-timeline-view.ts";

export interface TimelineAxisProps {
  readonly lanesRef: RefObject<HTMLDivElement | null>;
  readonly view: TimelineView;
  readonly widthPx: number;
  /** When the job began: where its timecode counts from. */
  readonly originMs: number;
  /** Where the playhead stands. */
  readonly headMs: number;
  /** Whether that is now, or was. */
  readonly look: HeadLook;
  /** Where it may stand at most: now, or the end. */
  readonly lastMs: number;
  readonly onSeek: (atMs: number) => void;
  /** How many tracks there are, in words. */
  readonly tracks: string;
  readonly markers: readonly Marker[];
  /** Expected time left at the playhead; null while nothing is known. */
  readonly etaMs: number | null;
}

/** What the playhead stands for: now, where it stopped when the connection was lost, how it ended, or a moment before. */
export type HeadLook = "now" | "stale" | "end" | "past";

/** Room that the playhead's timecode takes on either side. */
const HEAD_PX = 40;
/** How long a tick's timecode is. */
const LABEL_PX = 68;
/** Room that the time of the expected end takes on either side. */
const FINISH_PX = 42;

/** The axis: timecode since the job's start, and the playhead's head, to be dragged. */
export function TimelineAxis(props: TimelineAxisProps) {
  const { lanesRef, view, widthPx, originMs, headMs, onSeek, tracks, markers, etaMs } = props;
  const { scale } = view;
  const { ticks, stepMs } = ticksOf(scale, widthPx, originMs);
  const { hasRoom, finishPx, isBeyond } = placesOf({ scale, widthPx, headMs, etaMs });
  const drag = useAxisDrag({ lanes: lanesRef, view, onSeek });
  return (
    <div className="tl-axis">
      <div className="flex h-full items-center text-12 text-faint" style={{ width: "var(--label)" }} aria-hidden="true">
        {tracks}
      </div>
      <div ref={lanesRef} className="tl-lanes tl-ruler" {...drag}>
        <div aria-hidden="true">
          {ticks.map(({ atMs, at }) => (
            <div key={atMs} className="tl-tick" style={{ left: `${at * 100}%` }}>
              {hasRoom(atMs) && formatTick(atMs - originMs, stepMs)}
            </div>
          ))}
          <TimelineMarkers markers={markers} scale={scale} />
          {finishPx !== null && etaMs !== null && (
            <div className="tl-eta" style={{ left: finishPx }}>
              ≈ {formatClock(headMs + etaMs)}
              {isBeyond && " →"}
            </div>
          )}
        </div>
        {isOnScale(scale, headMs) && <Head {...props} />}
      </div>
    </div>
  );
}

interface Places {
  readonly scale: Timescale;
  readonly widthPx: number;
  readonly headMs: number;
  readonly etaMs: number | null;
}

/** Where the head stands, and when the job is expected to be done: ticks whose timecode would meet one of them go without. */
function placesOf({ scale, widthPx, headMs, etaMs }: Places) {
  const pxOf = (atMs: number) => ((atMs - scale.startMs) / (scale.endMs - scale.startMs)) * widthPx;
  const headPx = pxOf(headMs);
  const finishPx = etaMs === null ? null : Math.min(pxOf(headMs + etaMs), widthPx - FINISH_PX);
  // Right beside the playhead there is no room for it, and no need.
  const showsFinish = finishPx !== null && finishPx - headPx > HEAD_PX + FINISH_PX && finishPx >= 0;
  const taken = [{ px: headPx, halfPx: HEAD_PX }, ...(showsFinish ? [{ px: finishPx, halfPx: FINISH_PX }] : [])];
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
    isBeyond: etaMs !== null && headMs + etaMs > scale.endMs,
  };
}

function Head({ view: { scale }, widthPx, originMs, headMs, lastMs, look }: TimelineAxisProps) {
  const at = positionOnScale(scale, headMs);
  const lean = at * widthPx < HEAD_PX ? "right" : (1 - at) * widthPx < HEAD_PX ? "left" : undefined;
  const sec = (ms: number) => Math.max(0, Math.round((ms - originMs) / 1_000));
  return (
    <div
      className="tl-moving"
      style={{ right: 0, transform: `translateX(${at * 100}%)` }}
      data-lean={lean}
      data-look={look}
    >
      <div
        className="tl-head"
        role="slider"
        tabIndex={0}
        aria-label="Playhead"
        aria-valuemin={0}
        aria-valuemax={sec(lastMs)}
        aria-valuenow={sec(headMs)}
        aria-valuetext={`${HEAD_WORDS[look]}${speakDuration(headMs - originMs)} after the start`}
      >
        {formatTimecode(headMs - originMs)}
      </div>
    </div>
  );
}

const HEAD_WORDS: Readonly<Record<HeadLook, string>> = {
  now: "Live, ",
  stale: "Not live, ",
  end: "At the end, ",
  past: "",
};
