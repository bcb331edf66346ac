import { formatDuration } from "@playhead/client/format";
import type { Job, TaskForecast } from "@playhead/core";
import { memo } from "react";
import { Icon } from "../../ui/icons.tsx";
import { lookOfTask, StateMark } from "../../ui/state-mark.tsx";
import { lookOfStep } from "../../ui/step-words.ts";
import type { ChosenSegment } from "./chosen-segment.ts";
import { blocksOf } from "./density.ts";
import { Ghost } from "./forecast/ghost.tsx";
import { GroupSpan } from "./group-span.tsx";
import { isOnScale, positionOnScale, type Timescale } from "./timescale.ts";
import { TrackMarks } from "./track-marks.tsx";
import { nameOfTask, speakTrack, trackFigure } from "./track-words.ts";
import { type Segment, segmentsOf, type Tally, type TimelineRow } from "./tracks.ts";

export interface TimelineRowProps {
  readonly row: TimelineRow;
  readonly job: Job;
  readonly index: number;
  readonly count: number;
  readonly topPx: number;
  readonly scale: Timescale;
  readonly widthPx: number;
  /** 0 for a row that is not at work. */
  readonly nowMs: number;
  readonly isActive: boolean;
  readonly chosen: ChosenSegment | null;
  readonly onActive: (index: number) => void;
  readonly onChoose: (chosen: ChosenSegment | null) => void;
  readonly onFold: (id: string) => void;
  /** What is expected of it; null where nothing is known. */
  readonly ghost: TaskForecast | null;
  /** When that was expected; 0 without. */
  readonly fromMs: number;
  /** When it was begun again, also later than the moment that is shown. */
  readonly retries: readonly number[];
}

/** A segment this narrow has no room for its name. */
const LEAST_LABEL_PX = 40;
const CHARACTER_PX = 6.6;

/** One row. Drawn again only when its own piece of work, or the scale, changed. */
export const TimelineRowView = memo(
  RowView,
  (a, b) =>
    a.row.task === b.row.task &&
    a.row.kind === b.row.kind &&
    sameTally(a.row, b.row) &&
    a.index === b.index &&
    a.count === b.count &&
    a.topPx === b.topPx &&
    a.scale === b.scale &&
    a.widthPx === b.widthPx &&
    a.nowMs === b.nowMs &&
    a.isActive === b.isActive &&
    a.chosen === b.chosen &&
    a.onChoose === b.onChoose &&
    a.ghost === b.ghost &&
    a.retries === b.retries &&
    a.job.errors === b.job.errors &&
    a.job.state === b.job.state,
);

function sameTally(a: TimelineRow, b: TimelineRow): boolean {
  if (a.kind === "track" || b.kind === "track") return true;
  return (
    a.folded === b.folded &&
    a.tally.done === b.tally.done &&
    a.tally.total === b.tally.total &&
    a.tally.failed === b.tally.failed
  );
}

function RowView({
  row,
  job,
  index,
  count,
  topPx,
  scale,
  widthPx,
  nowMs,
  isActive,
  chosen,
  onActive,
  onChoose,
  onFold,
  ghost,
  fromMs,
  retries,
}: TimelineRowProps) {
  const { task } = row;
  const segments = row.kind === "track" ? segmentsOf(task) : [];
  const look = lookOfTask(task, job);
  const wholeWork = typeof task.fields.stage === "string" ? task.fields.stage : task.title;
  const activate = () => {
    onActive(index);
    if (row.kind === "group") onFold(row.id);
    else onChoose(chosen === null || chosen.segment !== null ? { taskId: row.id, segment: null } : null);
  };
  const chooseAt = (target: EventTarget) => {
    const segment =
      target instanceof Element ? target.closest<HTMLElement>("[data-segment]")?.dataset.segment : undefined;
    if (segment === undefined) activate();
    else onChoose({ taskId: row.id, segment: Number(segment) });
  };
  return (
    <li
      className="tl-row"
      style={{ top: topPx }}
      data-kind={row.kind}
      data-chosen={chosen === null ? undefined : ""}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <button
        type="button"
        className="tl-label"
        style={{ paddingLeft: 2 + row.depth * 14 }}
        data-row={index}
        tabIndex={isActive ? 0 : -1}
        aria-expanded={row.kind === "group" ? !row.folded : undefined}
        aria-pressed={row.kind === "track" ? chosen !== null : undefined}
        onFocus={() => onActive(index)}
        onClick={activate}
      >
        {row.kind === "group" ? (
          <Icon
            name="chevron"
            className={`text-faint transition-transform duration-150 ${row.folded ? "" : "rotate-90"}`}
          />
        ) : (
          <StateMark shape={look.shape} />
        )}
        <span
          className={`truncate ${row.kind === "group" ? "font-medium" : task.state === "pending" ? "text-faint" : "text-soft"}`}
        >
          {nameOfTask(task)}
        </span>
        {task.attempt > 1 && <span className="text-12 text-paused">attempt {task.attempt}</span>}
        <span className="ml-auto shrink-0 font-mono text-12 text-faint">
          {row.kind === "group" ? `${row.tally.done}/${row.tally.total}` : trackFigure(task, nowMs)}
        </span>
        <span className="sr-only">{row.kind === "group" ? speakGroup(row.tally) : speakTrack(task, job, nowMs)}</span>
      </button>
      <div className="tl-lane" aria-hidden="true" onClick={(event) => chooseAt(event.target)}>
        {row.kind === "group" && <GroupSpan row={row} scale={scale} widthPx={widthPx} />}
        {blocksOf(segments, scale, widthPx).map(({ startMs, endMs, segment, index: at, from, to }) => (
          <SegmentView
            key={startMs}
            segment={{ ...segment, startMs, endMs }}
            wholeWork={wholeWork}
            canceled={task.state === "canceled"}
            scale={scale}
            widthPx={widthPx}
            nowMs={nowMs}
            chosen={isWithin(chosen, from, to)}
            index={at}
          />
        ))}
        {ghost !== null && task.ended_at === null && <Ghost forecast={ghost} scale={scale} fromMs={fromMs} />}
        {row.kind === "track" && <TrackMarks task={task} job={job} retries={retries} scale={scale} />}
        {row.kind === "track" && task.ended_at !== null && isOnScale(scale, Date.parse(task.ended_at)) && (
          <TrackEnd shape={look.shape} at={positionOnScale(scale, Date.parse(task.ended_at))} />
        )}
      </div>
    </li>
  );
}

function speakGroup({ done, total, failed }: Tally): string {
  return `${done} of ${total} done${failed > 0 ? `, ${failed} failed` : ""}`;
}

/** A segment that is drawn together with others is chosen with them. */
function isWithin(chosen: ChosenSegment | null, from: number, to: number): boolean {
  return chosen !== null && chosen.segment !== null && chosen.segment >= from && chosen.segment <= to;
}

/** How a track ended: the mark of its state, or a flag where it failed. */
function TrackEnd({ shape, at }: { readonly shape: ReturnType<typeof lookOfTask>["shape"]; readonly at: number }) {
  if (shape === "failed") return <div className="tl-flag" style={{ left: `${at * 100}%` }} />;
  return (
    <div className="tl-end" style={{ left: `${at * 100}%` }}>
      <StateMark shape={shape} className="size-3.5" />
    </div>
  );
}

interface SegmentViewProps {
  readonly segment: Segment;
  /** What the work is called that has no steps. */
  readonly wholeWork: string;
  readonly canceled: boolean;
  readonly scale: Timescale;
  readonly widthPx: number;
  readonly nowMs: number;
  readonly chosen: boolean;
  readonly index: number;
}

function SegmentView({ segment, wholeWork, canceled, scale, widthPx, nowMs, chosen, index }: SegmentViewProps) {
  const { kind, step, startMs, endMs } = segment;
  const left = positionOnScale(scale, startMs);
  // One that lasts runs on under what lies ahead, which covers it from the playhead on.
  const right = endMs === null ? 1 : positionOnScale(scale, endMs);
  if (right <= left) return null;
  const look = lookOfStep(step ?? wholeWork);
  const seenPx = (positionOnScale(scale, endMs ?? nowMs) - left) * widthPx;
  const hasRoom = seenPx >= Math.max(LEAST_LABEL_PX, look.word.length * CHARACTER_PX + 12);
  return (
    <span
      className="seg"
      data-segment={index}
      data-kind={kind}
      data-tone={kind === "work" ? look.tone : undefined}
      data-open={endMs === null && kind === "work" ? "" : undefined}
      data-tight={hasRoom ? undefined : ""}
      data-chosen={chosen ? "" : undefined}
      data-ended={canceled && kind === "work" ? "canceled" : undefined}
      style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }}
      title={`${look.word}, ${formatDuration((endMs ?? nowMs) - startMs)}`}
    >
      {kind === "work" && hasRoom ? look.word : null}
    </span>
  );
}
