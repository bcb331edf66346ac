import { formatDuration, formatEta, formatPercent, formatRate } from "@playhead/client/format";
import { activeMs, isFinalJobState, type Job } from "@playhead/core";
import { bar } from "../terminal/bar.ts";
import { justify, type Line, paint, span } from "../terminal/line.ts";
import { fitRows } from "./fit-rows.ts";
import { rowsOf } from "./job-rows.ts";
import { renderRows } from "./render-rows.ts";
import { JOB_SIGNS } from "./state-signs.ts";
import { counted, itemNoun } from "./task-words.ts";

/** The terminal, and the moment, that a job is drawn for. */
export interface Canvas {
  readonly columns: number;
  /** Lines of the terminal; the last stays free for the cursor. */
  readonly rows: number;
  readonly nowMs: number;
  readonly colour: boolean;
  /** Said below the job, such as that the connection is lost. */
  readonly note?: string | undefined;
}

const LONGEST_BAR = 60;
const SHORTEST_BAR = 8;
/** Columns that percentage and forecast take. */
const FIGURES = 27;

/** The job as a live picture: title, bar and counts, then the tree of its tasks, as much of it as there is room for. */
export function renderJob(job: Job, { columns, rows, nowMs, colour, note }: Canvas): readonly string[] {
  const head = [titleLine(job, columns, nowMs), barLine(job, columns), countsLine(job)];
  const foot: Line[] = note === undefined ? [] : [[], [span(note, "waiting")]];
  const room = rows - 1 - head.length - foot.length - 1;
  const body = renderRows(fitRows(rowsOf(job.tasks), room), columns);
  const lines = [...head, ...(body.length > 0 ? [[], ...body] : []), ...foot];
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => paint(line, columns, colour));
}

function titleLine(job: Job, columns: number, nowMs: number): Line {
  const { sign, word, tone } = JOB_SIGNS[job.state];
  const elapsed = job.started_at === null ? "" : `  ${formatDuration(activeMs(job, nowMs))}`;
  const start = [span(`${sign} `, tone), span(job.title, "strong"), span(`  ${job.kind}`, "faint")];
  return justify(start, [span(word, tone), span(elapsed, "faint")], columns);
}

function barLine(job: Job, columns: number): Line {
  const { percent_complete: percent } = job.progress;
  const figures = [span(formatPercent(percent), "strong"), span(`  ${forecast(job)}`)];
  const length = Math.min(LONGEST_BAR, columns - FIGURES);
  return length < SHORTEST_BAR
    ? figures
    : [...bar(percent / 100, length, JOB_SIGNS[job.state].tone), span("  "), ...figures];
}

/** How long it still takes, or why that is not said. */
function forecast({ state, liveness, progress, rate_limited }: Job): string {
  if (isFinalJobState(state) || state === "paused" || state === "pausing" || state === "canceling") return "";
  // It does not get there by itself.
  if (liveness === "stalled" || liveness === "stuck" || liveness === "lost") return "not advancing";
  if (rate_limited) return "waiting for a rate limit";
  return formatEta(progress) ?? "";
}

function countsLine(job: Job): Line {
  const { items_total, items_completed, items_failed, items_skipped, items_canceled, items_per_minute } = job.progress;
  if (items_total === 0) return [span("looking at what there is to do", "faint")];
  const others = [
    { count: items_failed, word: "failed", tone: "bad" },
    { count: items_skipped, word: "skipped", tone: "faint" },
    { count: items_canceled, word: "canceled", tone: "faint" },
  ] as const;
  return [
    span(`${items_completed} of ${counted(items_total, itemNoun(job))} done`),
    ...others
      .filter(({ count }) => count > 0)
      .flatMap(({ count, word, tone }) => [span(", "), span(`${count} ${word}`, tone)]),
    ...(items_per_minute === null ? [] : [span(`, ${formatRate(items_per_minute)} a minute`, "faint")]),
  ];
}
