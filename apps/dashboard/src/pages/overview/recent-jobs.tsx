import type { JobSummary } from "@playhead/core";
import { Link } from "wouter";
import { JobsTable } from "../../ui/jobs-table.tsx";

export interface RecentJobsProps {
  readonly jobs: readonly JobSummary[];
  readonly nowMs: number;
}

/** The jobs that ended last. */
export function RecentJobs({ jobs, nowMs }: RecentJobsProps) {
  if (jobs.length === 0) return <p className="py-4 text-soft">No job has ended yet.</p>;
  return (
    <>
      <JobsTable jobs={jobs} nowMs={nowMs} label="Recent jobs" />
      <p className="border-t border-line pt-3 text-13">
        <Link href="/jobs" className="text-soft hover:text-ink hover:underline">
          All jobs
        </Link>
      </p>
    </>
  );
}
