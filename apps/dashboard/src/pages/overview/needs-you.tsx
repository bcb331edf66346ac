import type { Alert, JobSummary } from "@playhead/core";
import { Link } from "wouter";
import { LEVEL_WORDS, sinceOf } from "../../alerts/alert-words.ts";
import { LEVEL_COLORS, LevelMark } from "../../alerts/level-mark.tsx";
import { sentence } from "../../ui/error-text.ts";
import { livenessWords } from "../../ui/liveness-words.ts";
import { Section } from "../../ui/section.tsx";
import { lookOfJob, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";

export interface NeedsYouProps {
  /** What fires, the most urgent first. */
  readonly alerts: readonly Alert[];
  readonly unwell: readonly JobSummary[];
  /** Newest first. */
  readonly failed: readonly JobSummary[];
  readonly nowMs: number;
}

const FAILED_SHOWN = 5;
const ALERTS_SHOWN = 5;

/** What waits for someone: alerts, then jobs that do not get on, then those that failed lately. Nothing when there is nothing. */
export function NeedsYou({ alerts, unwell, failed, nowMs }: NeedsYouProps) {
  if (alerts.length + unwell.length + failed.length === 0) return null;
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
        {alerts.slice(0, ALERTS_SHOWN).map((alert) => (
          <FiringAlert key={alert.alert_id} alert={alert} nowMs={nowMs} />
        ))}
        {alerts.length > ALERTS_SHOWN && (
          <li className="border-b border-line py-2.5 text-13">
            <Link href="/alerts" className="text-soft hover:text-ink hover:underline">
              All {alerts.length} alerts that fire
            </Link>
          </li>
        )}
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

function FiringAlert({ alert, nowMs }: { readonly alert: Alert; readonly nowMs: number }) {
  return (
    <li className="border-b border-line">
      <Link href={`/alerts/${encodeURIComponent(alert.alert_id)}`} className="group block rounded-sm py-2.5 text-13">
        <span className="flex items-baseline gap-2">
          <LevelMark level={alert.level} className="self-center" />
          <span className="min-w-0 truncate font-medium group-hover:underline group-hover:decoration-edge group-hover:underline-offset-4">
            {alert.rule_name}
          </span>
          <span className={`shrink-0 ${LEVEL_COLORS[alert.level]}`}>{LEVEL_WORDS[alert.level]}</span>
          <time dateTime={alert.fired_at ?? alert.pending_at} className="ml-auto shrink-0 font-mono text-12 text-faint">
            {formatMoment(sinceOf(alert), nowMs)}
          </time>
        </span>
        <span className="block pl-6 text-soft wrap-anywhere">{sentence(alert.message)}</span>
      </Link>
    </li>
  );
}
