import { formatDuration } from "@playhead/client/format";
import { isFinalJobState, type Job, type JsonObject } from "@playhead/core";
import { Link } from "wouter";
import { namedValues } from "../../ui/named-values.ts";
import { PlayheadBar } from "../../ui/playhead-bar.tsx";
import { lookOfJob, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";
import { jobAnswer } from "./job-answer.ts";
import { JobBasis } from "./job-basis.tsx";
import { JobFigures } from "./job-figures.tsx";

export interface JobHeadProps {
  readonly job: Job;
  readonly nowMs: number;
  readonly live: boolean;
}

/** What and whose it is, and its state. */
export function JobByline({ job }: { readonly job: Job }) {
  const look = lookOfJob(job);
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-2 text-13">
      <StateMark shape={look.shape} />
      <span className={SHAPE_COLORS[look.shape]}>{look.word}</span>
      <span className="text-faint">{job.kind}</span>
      {job.user_id !== null && <span className="text-faint">for {job.user_id}</span>}
      {(job.attempt > 1 || job.retry_of !== null) && (
        <span className="text-faint">
          attempt {job.attempt}
          {job.retry_of !== null && (
            <>
              , retry of{" "}
              <Link
                href={`/jobs/${encodeURIComponent(job.retry_of)}`}
                className="font-mono text-12 text-soft underline decoration-line underline-offset-2 hover:text-ink"
              >
                {job.retry_of}
              </Link>
            </>
          )}
        </span>
      )}
      {job.processing_deadline_ms !== null && (
        <span className="text-faint">canceled after {formatDuration(job.processing_deadline_ms)} of work</span>
      )}
      <span className="font-mono text-12 text-faint">{job.job_id}</span>
    </p>
  );
}

/** The answer at the top: how far, how long still, and the numbers behind it. */
export function JobHead({ job, nowMs, live }: JobHeadProps) {
  const { figure, sentence, aside } = jobAnswer(job, nowMs);
  return (
    <div className="mt-6 flex flex-wrap items-end justify-between gap-x-12 gap-y-5">
      <p className="flex flex-wrap items-baseline gap-x-4">
        {figure !== null && <span className="text-40 font-semibold tracking-tight">{figure}</span>}
        <span className={figure === null ? "text-28 font-semibold tracking-tight" : "text-20"}>{sentence}</span>
        {aside !== null && <span className="text-soft">{aside}</span>}
      </p>
      <div className="max-desk:order-3">
        <JobFigures job={job} nowMs={nowMs} />
      </div>
      <PlayheadBar job={job} live={live} className={isFinalJobState(job.state) ? "h-1" : "h-2"} />
      <JobBasis job={job} />
      {job.summary !== null && <Summary summary={job.summary} />}
    </div>
  );
}

/** Counts that stand among the figures already. */
const SAID_ALREADY = /^(items|clips|videos)_|^(duration_ms|percent_complete|state)$/;

/** What else the job had to say at its end, beside the figures that are shown anyway. */
function Summary({ summary }: { readonly summary: JsonObject }) {
  const said = namedValues(Object.fromEntries(Object.entries(summary).filter(([name]) => !SAID_ALREADY.test(name))));
  if (said.length === 0) return null;
  return (
    <ul className="flex w-full flex-wrap gap-x-6 text-13 text-soft">
      {said.map(([name, value]) => (
        <li key={name}>
          {name} <span className="font-mono text-12 text-ink">{value}</span>
        </li>
      ))}
    </ul>
  );
}
