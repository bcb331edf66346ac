import type { JobSummary } from "@playhead/core";
import { Link } from "wouter";
import { sentence } from "../../ui/error-text.ts";
import { Section } from "../../ui/section.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";
import { type ErrorGroup, groupErrors } from "./error-groups.ts";

export interface ErrorsByCauseProps {
  readonly jobs: readonly JobSummary[];
  readonly nowMs: number;
}

const SHOWN = 6;

/** What went wrong last, in whatever job: one line a cause, with how often and since when. */
export function ErrorsByCause({ jobs, nowMs }: ErrorsByCauseProps) {
  const groups = groupErrors(jobs);
  return (
    <Section
      title="Errors by cause"
      aside={
        groups.length > 0 && (
          <Link href="/logs?level=error" className="text-13 text-soft hover:text-ink hover:underline">
            In the log
          </Link>
        )
      }
    >
      {groups.length === 0 ? (
        <p className="py-4 text-soft">None in the newest jobs.</p>
      ) : (
        <ul>
          {groups.slice(0, SHOWN).map((group) => (
            <Cause key={group.key} group={group} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Cause({ group, nowMs }: { readonly group: ErrorGroup; readonly nowMs: number }) {
  const { newest, job, count, jobCount, firstMs, lastMs } = group;
  const [first, last] = [formatMoment(firstMs, nowMs), formatMoment(lastMs, nowMs)];
  return (
    <li className="flex gap-2 border-b border-line py-2.5 text-13">
      <StateMark shape="failed" className="mt-0.5" />
      <div className="min-w-0 grow">
        <p className="flex items-baseline justify-between gap-3">
          <span className="min-w-0 wrap-anywhere">{sentence(newest.error_message)}</span>
          {count > 1 && (
            <span className="shrink-0 font-mono text-12 text-failed">
              × {count}
              <span className="sr-only"> times</span>
            </span>
          )}
        </p>
        {newest.hint !== undefined && <p className="text-soft wrap-anywhere">{sentence(newest.hint)}</p>}
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-12 text-faint">
          <Link
            href={`/jobs/${encodeURIComponent(job.job_id)}?at=${encodeURIComponent(newest.ts)}`}
            className="text-soft underline decoration-line underline-offset-2 hover:text-ink"
          >
            {job.title}
          </Link>
          {jobCount > 1 && <span>and {jobCount - 1} more</span>}
          <time dateTime={newest.ts}>{first === last ? last : `${first} – ${last}`}</time>
          <code>{newest.error_code}</code>
        </p>
      </div>
    </li>
  );
}
