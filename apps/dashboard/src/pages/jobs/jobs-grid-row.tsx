import { formatDuration, formatPercent } from "@playhead/client/format";
import { activeMs, type JobSummary } from "@playhead/core";
import { memo } from "react";
import { Link } from "wouter";
import { PlayheadBar } from "../../ui/playhead-bar.tsx";
import { rowMoment } from "../../ui/row-moment.ts";
import { lookOfJob, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";

export interface JobsGridRowProps {
  readonly job: JobSummary;
  /** From 0 on. */
  readonly index: number;
  readonly isChosen: boolean;
  /** Whether the keys act on it: only its controls can be reached by Tab. */
  readonly isActive: boolean;
  readonly sortedByEnd: boolean;
  readonly nowMs: number;
  readonly onToggle: (jobId: string) => void;
}

/** One job of the list: its box, its state, what it is, how far it is, and when it was. */
export const JobsGridRow = memo(function JobsGridRow({
  job,
  index,
  isChosen,
  isActive,
  sortedByEnd,
  nowMs,
  onToggle,
}: JobsGridRowProps) {
  const look = lookOfJob(job);
  const { progress, job_id: jobId } = job;
  const open = job.ended_at === null;
  const shownPercent = open && job.state !== "pending";
  const done = progress.items_completed + progress.items_skipped;
  const moment = sortedByEnd ? job.ended_at : job.created_at;
  const tabIndex = isActive ? 0 : -1;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      data-job={jobId}
      className="relative h-(--row) border-t border-line hover:bg-surface aria-selected:bg-raised"
    >
      <td className="relative z-10 p-0">
        <label className="flex h-[calc(var(--row)-1px)] w-9 items-center pl-1.5">
          <input
            type="checkbox"
            tabIndex={tabIndex}
            checked={isChosen}
            onChange={() => onToggle(jobId)}
            aria-label={`Select ${job.title}`}
            className="box"
          />
        </label>
      </td>
      <td className="pr-2">
        <span className="flex min-w-0 items-center gap-2">
          <StateMark shape={look.shape} />
          <span className={`truncate max-desk:sr-only ${SHAPE_COLORS[look.shape]}`}>{look.word}</span>
          {shownPercent && (
            <span className="font-mono text-12 text-faint max-desk:hidden">
              {formatPercent(progress.percent_complete)}
            </span>
          )}
        </span>
      </td>
      <th scope="row" className="truncate pr-4 text-left font-normal">
        {/* The whole row leads there. */}
        <Link href={`/jobs/${encodeURIComponent(jobId)}`} tabIndex={tabIndex} className="after:absolute after:inset-0">
          {job.title}
        </Link>
        {job.attempt > 1 && <span className="ml-2 text-12 text-faint">attempt {job.attempt}</span>}
      </th>
      <td className="truncate pr-4 text-faint max-wide:hidden">{job.kind}</td>
      <td className="truncate pr-4 text-faint max-wide:hidden">{job.user_id ?? ""}</td>
      <td className="pr-2 max-desk:hidden">
        <span className="flex items-center gap-3">
          <span className="w-14 shrink-0 font-mono text-12 text-soft">
            {progress.items_total > 0 ? `${done}/${progress.items_total}` : ""}
          </span>
          {job.state === "pending" && job.waiting !== undefined && (
            <span className="truncate text-12 text-faint">{job.waiting.message}</span>
          )}
          {shownPercent && <PlayheadBar job={job} live={false} className="h-1" />}
          {!open && progress.items_failed > 0 && (
            <span className="truncate text-12 text-failed">{progress.items_failed} failed</span>
          )}
        </span>
      </td>
      <td className="text-right font-mono text-12 whitespace-nowrap text-soft max-desk:hidden">
        {job.started_at === null ? "" : formatDuration(activeMs(job, nowMs))}
      </td>
      <td className="truncate text-right font-mono text-12 whitespace-nowrap text-faint">
        {moment === null ? "–" : <time dateTime={moment}>{rowMoment(Date.parse(moment), nowMs)}</time>}
      </td>
    </tr>
  );
});
