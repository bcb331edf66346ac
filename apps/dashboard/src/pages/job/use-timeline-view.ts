import type { Job } from "@playhead/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { panned, showing, zoomed } from "./timeline-view.ts";
import type { Timescale } from "./timescale.ts";
import { useTimescale } from "./use-timescale.ts";

/** The stretch of time that the timeline shows, and the ways to another one. The functions stay the same. */
export interface TimelineView {
  readonly scale: Timescale;
  /** Whether it shows less than all. */
  readonly isZoomed: boolean;
  /** Shows more of less (a factor over 1), or less of more, around a moment. */
  readonly zoom: (factor: number, atMs: number) => void;
  readonly pan: (byMs: number) => void;
  /** Moves on, where it has to, to show a moment. */
  readonly show: (atMs: number) => void;
  readonly showAll: () => void;
  /** Shows exactly this; null for all. */
  readonly look: (at: Timescale | null) => void;
}

/** The view of a job's timeline: all of it at first, going on as the job does; the reader's own once they zoomed. */
export function useTimelineView(job: Job, nowMs: number): TimelineView {
  const all = useTimescale(job, nowMs, job.progress.eta_high_ms);
  const [view, setView] = useState<Timescale | null>(null);
  const newest = useRef(all);
  useEffect(() => {
    newest.current = all;
  });
  const acts = useMemo(() => {
    const change = (by: (view: Timescale, bounds: Timescale) => Timescale) =>
      setView((before) => {
        const bounds = newest.current;
        const next = by(before ?? bounds, bounds);
        return next.endMs - next.startMs >= (bounds.endMs - bounds.startMs) * 0.999 ? null : next;
      });
    return {
      zoom: (factor: number, atMs: number) => change((view, bounds) => zoomed(view, factor, atMs, bounds)),
      pan: (byMs: number) => change((view, bounds) => panned(view, byMs, bounds)),
      show: (atMs: number) => change((view, bounds) => showing(view, atMs, bounds)),
      showAll: () => setView(null),
      // What is shown already is not shown again: charts that follow the view would answer each other.
      look: (at: Timescale | null) =>
        setView((before) => (before?.startMs === at?.startMs && before?.endMs === at?.endMs ? before : at)),
    };
  }, []);
  return { scale: view ?? all, isZoomed: view !== null, ...acts };
}
