import { formatDuration, formatEta, formatPercent, formatRate } from "@playhead/client/format";
import { activeMs, type JobSummary } from "@playhead/core";
import { memo } from "react";
import { Link } from "wouter";
import { needsSomeone } from "../../ui/liveness-words.ts";
import { PlayheadBar } from "../../ui/playhead-bar.tsx";
import { Section } from "../../ui/section.tsx";
import { lookOfJob, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";
import { lookOfStep } from "../../ui/step-words.ts";
import { formatFinish } from "../../ui/times.ts";
import { useAfterFirst } from "../../ui/use-after-first.ts";

export interface RunningJobsProps {
  readonly jobs: readonly JobSummary[];
  readonly live: boolean;
  readonly nowMs: number;
}

/** A screen of them. */
const AT_FIRST = 12;

/** The jobs that are not over: how far each is, and how long it still takes. */
export function RunningJobs({ jobs, live, nowMs }: RunningJobsProps) {
  const drawn = useAfterFirst() ? jobs : jobs.slice(0, AT_FIRST);
  return (
    <Section title="Now">
      {jobs.length === 0 ? (
        <p className="py-4 text-soft">Nothing is running. New jobs appear here by themselves.</p>
      ) : (
        <ul>
          {drawn.map((job) => (
            <RunningJob key={job.job_id} job={job} live={live} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </Section>
  );
}

interface RunningJobProps {
  readonly job: JobSummary;
  readonly live: boolean;
  readonly nowMs: number;
}

const RunningJob = memo(function RunningJob({ job, live, nowMs }: RunningJobProps) {
  const look = lookOfJob(job);
  const running = job.state === "running";
  const { progress } = job;
  const eta = running && !needsSomeone(job) ? (formatEta(progress) ?? "too early to say") : null;
  const waiting = job.state === "pending";
  return (
    <li className="rests-unseen">
      <Link href={`/jobs/${encodeURIComponent(job.job_id)}`} className="group block border-b border-line py-4">
        <div className="flex items-baseline gap-3">
          <StateMark shape={look.shape} className="self-center" />
          <span className="min-w-0 truncate text-16 font-medium group-hover:underline group-hover:decoration-edge group-hover:underline-offset-4">
            {job.title}
          </span>
          {!running && <span className={`shrink-0 text-13 ${SHAPE_COLORS[look.shape]}`}>{look.word}</span>}
          <span className="ml-auto shrink-0 text-13 text-soft max-desk:hidden">{eta}</span>
          <span className="w-16 shrink-0 text-right text-20 max-desk:ml-auto font-semibold tracking-tight">
            {waiting ? "" : formatPercent(progress.percent_complete)}
          </span>
        </div>
        <PlayheadBar job={job} live={live} className="mt-2 h-1.5" />
        <div className="mt-2 flex flex-wrap justify-between gap-x-6 text-12 text-faint">
          <span className="flex flex-wrap gap-x-4">
            {facts(job, nowMs).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
            {progress.items_failed > 0 && <span className="text-failed">{progress.items_failed} failed</span>}
          </span>
          {running && (
            <span>
              <span className="mr-4 text-soft desk:hidden">{eta}</span>
              {doneWhen(job, nowMs)}
            </span>
          )}
        </div>
      </Link>
    </li>
  );
});

function facts(job: JobSummary, nowMs: number): readonly string[] {
  const { progress, state } = job;
  if (state === "pending") return [`waiting for ${formatDuration(nowMs - Date.parse(job.created_at))}`];
  const done = progress.items_completed + progress.items_skipped;
  return [
    progress.items_total > 0 ? `${done} of ${progress.items_total}` : null,
    progress.items_per_minute === null ? null : `${formatRate(progress.items_per_minute)} a minute`,
    progress.current_step === null ? null : lookOfStep(progress.current_step).word,
    `${formatDuration(activeMs(job, nowMs))} elapsed`,
  ].filter((fact) => fact !== null);
}

function doneWhen(job: JobSummary, nowMs: number): string | null {
  const finish = needsSomeone(job) ? null : formatFinish(job.progress, nowMs);
  return finish === null ? null : `done ${finish}`;
}
