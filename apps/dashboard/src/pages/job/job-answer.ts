import { formatDuration, formatEta, formatPercent } from "@playhead/client/format";
import { activeMs, type Job } from "@playhead/core";
import { needsSomeone } from "../../ui/liveness-words.ts";
import { formatClock, formatFinish } from "../../ui/times.ts";

/** What the job page says at its top: the number, what it means, and the rest of the sentence. */
export interface JobAnswer {
  /** The hero; null where a sentence says it all. */
  readonly figure: string | null;
  readonly sentence: string;
  /** Said more quietly. */
  readonly aside: string | null;
}

/** Reasons that only repeat what the state says. */
const EMPTY_REASON = /^(pause|resume|cancel) requested$/;

/** The answer to "how far is it, and when is it done?", or to what became of it. */
export function jobAnswer(job: Job, nowMs: number, timeZone?: string): JobAnswer {
  const figure = formatPercent(job.progress.percent_complete);
  const reason = job.reason === null || EMPTY_REASON.test(job.reason) ? null : job.reason;
  const clock = (ts: string) => formatClock(Date.parse(ts), timeZone === undefined ? {} : { timeZone });
  switch (job.state) {
    case "pending":
      return { figure: null, sentence: "Waiting for a worker to start it", aside: reason };
    case "running":
    case "completing":
      return runningAnswer(job, figure, nowMs, timeZone);
    case "pausing":
      return { figure, sentence: "Pausing as soon as the work under way can stop", aside: reason };
    case "paused":
      return { figure, sentence: pausedFor(job, nowMs), aside: reason };
    case "canceling":
      return { figure, sentence: "Canceling: ending what is under way", aside: reason };
    case "completed":
      return { figure: null, sentence: `Done in ${formatDuration(activeMs(job, nowMs))}`, aside: outcome(job) };
    case "canceled":
      return {
        figure,
        sentence: `Canceled${job.ended_at === null ? "" : ` at ${clock(job.ended_at)}`}`,
        aside: reason ?? outcome(job),
      };
    case "failed":
      return {
        figure,
        sentence: job.error?.error_code === "worker_lost" ? "Worker lost" : "Failed",
        aside: outcome(job),
      };
  }
}

function runningAnswer(job: Job, figure: string, nowMs: number, timeZone?: string): JobAnswer {
  const { progress, rate_limited, state } = job;
  if (state === "completing") return { figure, sentence: "Finishing", aside: null };
  const eta = formatEta(progress);
  // It does not get there by itself: what is known is what it would take, once it goes on.
  if (needsSomeone(job))
    return { figure, sentence: "Not advancing", aside: eta === null ? null : `${eta} of work left` };
  if (eta === null)
    return { figure, sentence: "Too early to say how long", aside: rate_limited ? "waiting on a rate limit" : null };
  return {
    figure,
    sentence: eta,
    aside: rate_limited ? "waiting on a rate limit" : doneWhen(progress, nowMs, timeZone),
  };
}

function doneWhen(progress: Job["progress"], nowMs: number, timeZone?: string): string | null {
  const finish = formatFinish(progress, nowMs, timeZone);
  return finish === null ? null : `done ${finish}`;
}

function pausedFor(job: Job, nowMs: number): string {
  if (job.paused_since === null) return "Paused";
  return `Paused for ${formatDuration(nowMs - Date.parse(job.paused_since))}`;
}

/** `16 made, 1 failed, 2 skipped`: what a job that has ended leaves behind; null for nothing. */
export function outcome({ progress }: Pick<Job, "progress">): string | null {
  const parts = [
    [progress.items_completed, "made"],
    [progress.items_failed, "failed"],
    [progress.items_skipped, "skipped"],
    [progress.items_canceled, "canceled"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return said.length === 0 ? null : said.join(", ");
}
