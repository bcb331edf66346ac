import { isFinalJobState, type Job, type JobForecast } from "@playhead/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { ChartGroup } from "../../ui/chart/chart-group.ts";
import { useWidth } from "../../ui/use-width.ts";
import type { ChosenSegment } from "./chosen-segment.ts";
import { toldUpTo } from "./forecast/fan.ts";
import type { Happenings, Marker } from "./happenings.ts";
import { type HeadLook, TimelineAxis } from "./timeline-axis.tsx";
import { TimelineOverlay } from "./timeline-overlay.tsx";
import { TimelineRowView } from "./timeline-row.tsx";
import { ticksOf } from "./timescale.ts";
import { type Branch, foldedAtFirst, lineageOf, segmentsOf, tallyOf, timelineRows } from "./tracks.ts";
import { useTimelineGestures } from "./use-timeline-gestures.ts";
import type { TimelineView } from "./use-timeline-view.ts";

export interface TimelineProps {
  /** As it stood at the moment that is shown. */
  readonly job: Job;
  readonly branches: readonly Branch[];
  readonly view: TimelineView;
  /** When the job began. */
  readonly originMs: number;
  /** The moment that the job is shown at. */
  readonly shownMs: number;
  /** Where the playhead stands: it may be ahead of what is shown, while one drags it. */
  readonly headMs: number;
  readonly headLook: HeadLook;
  /** Now, or when the job ended. */
  readonly lastMs: number;
  readonly onSeek: (atMs: number) => void;
  /** What is expected; null where nothing is known of it. */
  readonly forecast: JobForecast | null;
  readonly happenings: Happenings;
  readonly markers: readonly Marker[];
  /** The charts below, which share its cursor. */
  readonly group: ChartGroup;
  /** Whether the job has more pieces of work than are in hand. */
  readonly isPartial: boolean;
  readonly chosen: ChosenSegment | null;
  readonly onChoose: (chosen: ChosenSegment | null) => void;
}

const ROW_PX = 32;
/** From so many rows on they stand closer. */
const MANY_ROWS = 16;
const DENSE_ROW_PX = 26;

/** The same each time, or rows would be drawn again. */
const NONE: readonly number[] = [];

/** The job as an editor draws a sequence: a track for each piece of work, a segment for each step, and the playhead. */
export function Timeline(props: TimelineProps) {
  const { job, branches, view, originMs, shownMs, headMs, headLook, lastMs, onSeek } = props;
  const { forecast, happenings, markers, group, isPartial, chosen, onChoose } = props;
  const { scale } = view;
  const [folded, setFolded] = useState(() => foldedAtFirst(branches));
  const rows = useMemo(() => timelineRows(branches, folded), [branches, folded]);
  const scroller = useRef<HTMLDivElement>(null);
  const lanes = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(lanes);
  useTimelineGestures({ scroller, lanes, view });
  const [active, setActive] = useState(0);
  // While the job is paused, what is open has gone no further than to there.
  const workUntilMs = job.paused_since === null ? shownMs : Date.parse(job.paused_since);
  const activeRow = Math.min(active, rows.length - 1);

  const rowPx = rows.length > MANY_ROWS ? DENSE_ROW_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });

  // What was expected of single pieces at a moment before, nobody has kept.
  const ghosts = useMemo(
    () => new Map(headLook === "now" ? forecast?.tasks.map((each) => [each.task_id, each]) : []),
    [forecast, headLook],
  );
  const told = useMemo(() => (forecast === null ? [] : toldUpTo(forecast, headMs)), [forecast, headMs]);

  const fold = (id: string) =>
    setFolded((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });

  // A change of the height makes what was measured void.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is what it is about
  useEffect(() => virtual.measure(), [rowPx, virtual]);

  // What is chosen elsewhere, such as from an error, is brought to sight: unfolded first, and then scrolled to.
  const chosenId = chosen?.taskId ?? null;
  const newest = useRef({ rows, job });
  useEffect(() => {
    newest.current = { rows, job };
  });
  useEffect(() => {
    if (chosenId === null) return;
    const lineage = lineageOf(newest.current.job, chosenId);
    setFolded((before) =>
      lineage.some((id) => before.has(id)) ? new Set([...before].filter((id) => !lineage.includes(id))) : before,
    );
    const frame = requestAnimationFrame(() => {
      const index = newest.current.rows.findIndex(({ id }) => id === chosenId);
      if (index >= 0) virtual.scrollToIndex(index);
    });
    return () => cancelAnimationFrame(frame);
  }, [chosenId, virtual]);

  // While the active row is out of sight, the first one in sight takes its place in the tab order.
  const drawn = virtual.getVirtualItems();
  const tabRow = drawn.some(({ index }) => index === activeRow) ? activeRow : drawn[0]?.index;

  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    virtual.scrollToIndex(next);
    // The row may only be drawn by this scrolling.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };

  const step = (by: 1 | -1) => {
    const row = rows[activeRow];
    if (row === undefined) return;
    if (row.kind === "group") {
      if (row.folded === (by === 1)) fold(row.id);
      return;
    }
    const last = segmentsOf(row.task).length - 1;
    const from = chosen?.taskId === row.id && chosen.segment !== null ? chosen.segment : by === 1 ? -1 : last + 1;
    onChoose({ taskId: row.id, segment: Math.max(0, Math.min(last, from + by)) });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const act = {
      ArrowDown: () => goTo(activeRow + 1),
      ArrowUp: () => goTo(activeRow - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      ArrowRight: () => step(1),
      ArrowLeft: () => step(-1),
      Escape: () => onChoose(null),
    }[event.key];
    // The playhead's keys are those of the whole page.
    const isPlayhead = event.target instanceof Element && event.target.closest("[role=slider]") !== null;
    if (act === undefined || isPlayhead || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys come from the buttons inside
    <div
      ref={scroller}
      className="timeline"
      style={{ "--row": `${rowPx}px` } as CSSProperties}
      data-held={view.isZoomed || headLook === "past" ? "" : undefined}
      onKeyDown={onKeyDown}
    >
      <TimelineAxis
        lanesRef={lanes}
        view={view}
        widthPx={widthPx}
        originMs={originMs}
        headMs={headMs}
        look={headLook}
        lastMs={lastMs}
        onSeek={onSeek}
        markers={markers}
        etaMs={isFinalJobState(job.state) ? null : job.progress.eta_ms}
        tracks={tracksWord(branches, job, isPartial)}
      />
      <div className="tl-body" style={{ height: virtual.getTotalSize() }}>
        <div className="tl-lane" aria-hidden="true">
          {ticksOf(scale, widthPx, originMs).ticks.map(({ atMs, at }) => (
            <div key={atMs} className="tl-grid" style={{ left: `${at * 100}%` }} />
          ))}
        </div>
        <ul aria-label="Tracks">
          {drawn.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <TimelineRowView
                key={row.id}
                row={row}
                job={job}
                index={index}
                count={rows.length}
                topPx={start}
                scale={scale}
                widthPx={widthPx}
                // What is not at work stands still, and is not drawn again as time goes on.
                nowMs={row.kind === "track" && row.task.state === "processing" ? workUntilMs : 0}
                isActive={index === tabRow}
                chosen={chosen?.taskId === row.id ? chosen : null}
                onActive={setActive}
                onChoose={onChoose}
                onFold={fold}
                ghost={ghosts.get(row.id) ?? null}
                fromMs={ghosts.has(row.id) ? (forecast?.at_ms ?? 0) : 0}
                retries={happenings.retries.get(row.id) ?? NONE}
              />
            );
          })}
        </ul>
        <TimelineOverlay
          scale={scale}
          headMs={headMs}
          look={headLook}
          lastMs={lastMs}
          job={job}
          happenings={happenings}
          told={told}
          group={group}
        />
      </div>
    </div>
  );
}

function tracksWord(branches: readonly Branch[], { progress }: Job, isPartial: boolean): string {
  const { total } = tallyOf(branches);
  return `${total}${isPartial ? ` of ${progress.total_steps}` : ""} ${total === 1 ? "track" : "tracks"}`;
}
