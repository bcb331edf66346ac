import { formatDuration, formatPercent } from "@playhead/client/format";
import { activeMs, type JobSummary } from "@playhead/core";
import { memo } from "react";
import { Link } from "wouter";
import { PlayheadBar } from "./playhead-bar.tsx";
import { lookOfJob, SHAPE_COLORS, StateMark } from "./state-mark.tsx";
import { formatMoment } from "./times.ts";

export interface JobsTableProps {
  readonly jobs: readonly JobSummary[];
  readonly nowMs: number;
  readonly label: string;
}

/** Jobs as rows: state, title, what came of them, how long they took, and when. */
export function JobsTable({ jobs, nowMs, label }: JobsTableProps) {
  return (
    <table className="w-full table-fixed border-collapse text-left text-13" aria-label={label}>
      <thead className="text-12 text-faint">
        <tr className="h-8">
          <th scope="col" className="w-36 font-normal max-desk:w-8">
            <span className="max-desk:sr-only">State</span>
          </th>
          <th scope="col" className="font-normal">
            Job
          </th>
          <th scope="col" className="w-28 pl-4 font-normal max-wide:hidden">
            Kind
          </th>
          <th scope="col" className="w-56 pl-4 font-normal max-desk:hidden">
            Items
          </th>
          <th scope="col" className="w-28 text-right font-normal max-desk:w-20">
            Time
          </th>
          <th scope="col" className="w-32 text-right font-normal max-desk:w-24">
            Started
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.job_id} job={job} nowMs={nowMs} />
        ))}
      </tbody>
    </table>
  );
}

interface JobRowProps {
  readonly job: JobSummary;
  readonly nowMs: number;
}

const JobRow = memo(function JobRow({ job, nowMs }: JobRowProps) {
  const look = lookOfJob(job);
  const { progress } = job;
  const done = progress.items_completed + progress.items_skipped;
  const open = job.ended_at === null;
  return (
    <tr className="relative h-8 border-t border-line hover:bg-surface">
      <td>
        <span className="flex items-center gap-2">
          <StateMark shape={look.shape} />
          <span className={`truncate max-desk:sr-only ${SHAPE_COLORS[look.shape]}`}>{look.word}</span>
          {open && job.state !== "pending" && (
            <span className="font-mono text-12 text-faint max-desk:hidden">
              {formatPercent(progress.percent_complete)}
            </span>
          )}
        </span>
      </td>
      <th scope="row" className="truncate font-normal">
        {/* The whole row leads there. */}
        <Link href={`/jobs/${encodeURIComponent(job.job_id)}`} className="after:absolute after:inset-0">
          {job.title}
        </Link>
      </th>
      <td className="truncate pl-4 text-faint max-wide:hidden">{job.kind}</td>
      <td className="pl-4 max-desk:hidden">
        <span className="flex items-center gap-3">
          <span className="w-14 shrink-0 font-mono text-12 text-soft">
            {progress.items_total > 0 ? `${done}/${progress.items_total}` : ""}
          </span>
          {open && job.state !== "pending" && <PlayheadBar job={job} live={false} className="h-1" />}
          {!open && progress.items_failed > 0 && (
            <span className="text-12 text-failed">{progress.items_failed} failed</span>
          )}
        </span>
      </td>
      <td className="text-right font-mono text-12 whitespace-nowrap text-soft">
        {job.started_at === null ? "" : formatDuration(activeMs(job, nowMs))}
      </td>
      <td className="text-right font-mono text-12 whitespace-nowrap text-faint">
        <time dateTime={job.started_at ?? job.created_at}>
          {formatMoment(Date.parse(job.started_at ?? job.created_at), nowMs)}
        </time>
      </td>
    </tr>
  );
});
