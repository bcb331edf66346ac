import { formatDuration, formatEta, formatPercent, formatTimecode } from "@playhead/client/format";
import { isFinalJobState, type Job } from "@playhead/core";
import { printable } from "../terminal/text-width.ts";
import type { Happening } from "./happening.ts";
import { JOB_SIGNS } from "./state-signs.ts";
import { counted, itemNoun, stepWords } from "./task-words.ts";

/** What happened, as a line for a log: the time since the job was created, and words. Null for what is not worth a line. */
export function plainLine(happening: Happening, job: Job, nowMs: number): string | null {
  const words = wordsFor(happening, job);
  if (words === null) return null;
  const ts = "ts" in happening ? happening.ts : null;
  const sinceMs = (ts === null ? nowMs : Date.parse(ts)) - Date.parse(job.created_at);
  return printable(`${formatTimecode(Number.isNaN(sinceMs) ? 0 : sinceMs)}  ${words}`);
}

/** How a job stands, in one line: how a follower begins. */
export function standLine(job: Job): string {
  const { percent_complete } = job.progress;
  return printable(`${job.title}: ${JOB_SIGNS[job.state].word}, ${formatPercent(percent_complete)}${itemsDone(job)}`);
}

function wordsFor(happening: Happening, job: Job): string | null {
  switch (happening.type) {
    case "job.state_changed":
      return `${happening.title}: ${JOB_SIGNS[happening.new_state].word}${because(happening.reason)}`;
    case "job.progress": {
      const eta = formatEta(happening);
      return `${formatPercent(happening.percent_complete)}${eta === null ? "" : `, ${eta}`}${itemsDone(job)}`;
    }
    case "task.created":
      return null;
    case "task.started": {
      // A first step says it as well.
      const first = job.tasks.get(happening.task_id)?.steps[0];
      return first?.started_at === happening.ts ? null : `${happening.path}: started`;
    }
    case "task.step_changed":
      return `${happening.path}: ${stepWords(happening.step ?? "")}`;
    case "task.retried":
      return `${happening.path}: trying again, attempt ${happening.attempt}${because(happening.error?.error_message)}`;
    case "task.completed":
      return `${happening.path}: done${happening.took_ms === undefined ? "" : ` in ${formatDuration(happening.took_ms)}`}`;
    case "task.failed": {
      const { step, error } = happening;
      const hint = error?.hint === undefined ? "" : `; ${error.hint}`;
      return `${happening.path}: failed${step === undefined ? "" : ` while ${stepWords(step)}`}${because(error?.error_message)}${hint}`;
    }
    case "task.skipped":
      return `${happening.path}: skipped${because(happening.reason)}`;
    case "task.canceled": {
      // The end of its job says it for all that had not begun, and why.
      const isWithJob = isFinalJobState(job.state);
      if (isWithJob && happening.took_ms === undefined) return null;
      return `${happening.path}: canceled${because(isWithJob ? null : happening.reason)}`;
    }
  }
}

function because(reason: string | null | undefined): string {
  return reason === null || reason === undefined ? "" : `: ${stepWords(reason)}`;
}

function itemsDone(job: Job): string {
  const { items_total, items_completed, items_failed } = job.progress;
  if (items_total === 0) return "";
  const failed = items_failed === 0 ? "" : `, ${items_failed} failed`;
  return `, ${items_completed} of ${counted(items_total, itemNoun(job))} done${failed}`;
}
