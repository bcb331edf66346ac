import type { JobSummary, ViewedError } from "@playhead/core";
import { Link } from "wouter";
import { ErrorItem } from "../../ui/error-item.tsx";
import { Section } from "../../ui/section.tsx";

export interface NewestErrorsProps {
  readonly jobs: readonly JobSummary[];
  readonly nowMs: number;
}

const SHOWN = 5;

/** What went wrong last, in whatever job. */
export function NewestErrors({ jobs, nowMs }: NewestErrorsProps) {
  const errors = newestErrors(jobs);
  return (
    <Section title="Newest errors">
      {errors.length === 0 ? (
        <p className="py-4 text-soft">None in the newest jobs.</p>
      ) : (
        <ul>
          {errors.slice(0, SHOWN).map(({ job, error }) => (
            <ErrorItem
              key={`${job.job_id} ${error.ts} ${error.task_id}`}
              error={error}
              nowMs={nowMs}
              subject={
                <Link
                  href={`/jobs/${encodeURIComponent(job.job_id)}`}
                  className="text-soft underline decoration-line underline-offset-2 hover:text-ink"
                >
                  {job.title}
                </Link>
              }
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

/** The errors of all jobs, newest first. */
export function newestErrors(
  jobs: readonly JobSummary[],
): readonly { readonly job: JobSummary; readonly error: ViewedError }[] {
  return jobs
    .flatMap((job) => job.errors.map((error) => ({ job, error })))
    .sort((a, b) => (a.error.ts < b.error.ts ? 1 : a.error.ts > b.error.ts ? -1 : 0));
}
