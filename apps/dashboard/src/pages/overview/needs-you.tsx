import { formatMoment } from "@playhead/client/format";
import type { JobSummary } from "@playhead/core";
import { Link } from "wouter";
import { sentence } from "../../ui/error-text.ts";
import { livenessWords } from "../../ui/liveness-words.ts";
import { Section } from "../../ui/section.tsx";
import { lookOfJob, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";

export interface NeedsYouProps {
  readonly unwell: readonly JobSummary[];
  /** Newest first. */
  readonly failed: readonly JobSummary[];
  readonly nowMs: number;
}

const FAILED_SHOWN = 5;

/** The jobs that wait for someone: those that do not get on, then those that failed lately. Nothing when there are none. */
export function NeedsYou({ unwell, failed, nowMs }: NeedsYouProps) {
  if (unwell.length + failed.length === 0) return null;
  return (
    <Section
      title="Needs you"
      aside={
        failed.length > FAILED_SHOWN && (
          <Link href="/jobs?state=failed&since=24h" className="text-13 text-soft hover:text-ink hover:underline">
            All {failed.length} that failed
          </Link>
        )
      }
    >
      <ul>
        {[...unwell, ...failed.slice(0, FAILED_SHOWN)].map((job) => (
          <NeedyJob key={job.job_id} job={job} nowMs={nowMs} />
        ))}
      </ul>
    </Section>
  );
}

function NeedyJob({ job, nowMs }: { readonly job: JobSummary; readonly nowMs: number }) {
  const look = lookOfJob(job);
  const words = livenessWords(job);
  const why = words?.why ?? (job.error === null ? null : sentence(job.error.error_message));
  const since = job.ended_at ?? job.liveness_since;
  return (
    <li className="border-b border-line">
      <Link href={`/jobs/${encodeURIComponent(job.job_id)}`} className="group block rounded-sm py-2.5 text-13">
        <span className="flex items-baseline gap-2">
          <StateMark shape={look.shape} className="self-center" />
          <span className="min-w-0 truncate font-medium group-hover:underline group-hover:decoration-edge group-hover:underline-offset-4">
            {job.title}
          </span>
          <span className={`shrink-0 ${SHAPE_COLORS[look.shape]}`}>{look.word}</span>
          {since !== null && (
            <time dateTime={since} className="ml-auto shrink-0 font-mono text-12 text-faint">
              {formatMoment(Date.parse(since), nowMs)}
            </time>
          )}
        </span>
        {why !== null && <span className="block pl-6 text-soft wrap-anywhere">{why}</span>}
      </Link>
    </li>
  );
}
