import { formatDuration } from "@playhead/client/format";
import { activeMs, type Job, type Task } from "@playhead/core";
import { type Line, span } from "../terminal/line.ts";
import { JOB_SIGNS, TASK_SIGNS } from "./state-signs.ts";
import { counted, itemNoun, stepWords, taskPath } from "./task-words.ts";

/** How many failures are told one by one. */
const MAX_FAILURES = 10;

/** What came of a job that has ended, and what failed in it with what to do. */
export function summaryLines(job: Job, nowMs: number): readonly Line[] {
  const failures = [...job.tasks.values()].filter(({ state, error }) => state === "failed" && error !== null);
  const shown = failures.slice(0, MAX_FAILURES).map((task) => failureLine(job, task));
  const more = failures.length - shown.length;
  return [headline(job, nowMs), ...shown, ...(more > 0 ? [[span(`    … ${more} more failed`, "faint")]] : [])];
}

function headline(job: Job, nowMs: number): Line {
  const { items_total, items_completed, items_failed, items_skipped } = job.progress;
  const isPartial = job.state === "completed" && items_failed > 0;
  const { sign, tone } = isPartial ? TASK_SIGNS.failed : JOB_SIGNS[job.state];
  const noun = itemNoun(job);
  const isWhole = job.state === "completed" && items_completed === items_total;
  const made = isWhole
    ? `${counted(items_total, noun)} done`
    : `${items_completed} of ${counted(items_total, noun)} done`;
  const parts = [
    ...(items_total === 0 ? [] : [made]),
    ...(items_failed === 0 ? [] : [`${items_failed} failed`]),
    ...(items_skipped === 0 ? [] : [`${items_skipped} skipped`]),
    ...(job.started_at === null ? [] : [formatDuration(activeMs(job, nowMs))]),
  ];
  return [
    span(`${sign} `, tone),
    span(`${job.title}: `, "strong"),
    span([outcome(job), ...parts].filter((part) => part !== "").join(", ")),
  ];
}

/** How it ended, where the counts alone do not say it. */
function outcome({ state, reason, error }: Job): string {
  if (state === "completed") return "";
  const why = error?.error_message ?? (reason === null ? null : stepWords(reason));
  const hint = error?.hint === undefined ? "" : ` (${error.hint})`;
  return `${JOB_SIGNS[state].word}${why === null ? "" : `: ${why}${hint}`}`;
}

function failureLine(job: Job, task: Task): Line {
  const { sign, tone } = TASK_SIGNS.failed;
  const { error_message: message, hint } = task.error ?? { error_message: "failed" };
  return [
    span(`    ${sign} `, tone),
    span(`${taskPath(job.tasks, task)}: ${message}${hint === undefined ? "" : `; ${hint}`}`),
  ];
}
