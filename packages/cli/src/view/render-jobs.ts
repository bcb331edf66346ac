import { formatAge, formatDuration, formatPercent } from "@playhead/client/format";
import { activeMs, type JobSummary } from "@playhead/core";
import { type Line, padded, span } from "../terminal/line.ts";
import { printable, textWidth } from "../terminal/text-width.ts";
import { JOB_SIGNS } from "./state-signs.ts";

export interface JobsCanvas {
  /** Titles are cut to fit; without it lines are as long as they are. */
  readonly columns?: number;
  readonly nowMs: number;
}

const HEADINGS = ["", "JOB", "STATE", "DONE", "ITEMS", "TOOK", "CREATED", "TITLE"] as const;
const GAP = "  ";
const LEAST_TITLE = 10;

/** Jobs as a table, one a line. */
export function renderJobs(jobs: readonly JobSummary[], { columns, nowMs }: JobsCanvas): readonly Line[] {
  if (jobs.length === 0) return [[span("No jobs yet. Start one: playhead clips VIDEO")]];
  const rows = jobs.map((job) => cells(job, nowMs));
  const widths = HEADINGS.map((heading, index) =>
    Math.max(...[heading, ...rows.map((row) => row[index] ?? "")].map(textWidth)),
  );
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const title = columns === undefined ? (widths.at(-1) ?? 0) : Math.max(LEAST_TITLE, columns - others);
  const shown = [...widths.slice(0, -1), title];
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => padded(text, shown[index] ?? 0))
      .join(GAP)
      .trimEnd();
  return [
    [span(line(HEADINGS), "faint")],
    ...rows.map((row, index) => {
      const { tone } = JOB_SIGNS[jobs[index]?.state ?? "pending"];
      const text = line(row);
      return [span(text.slice(0, 1), tone), span(text.slice(1))];
    }),
  ];
}

function cells(job: JobSummary, nowMs: number): readonly string[] {
  const { sign, word } = JOB_SIGNS[job.state];
  const { items_total, items_completed, items_failed, percent_complete } = job.progress;
  const failed = items_failed === 0 ? "" : `, ${items_failed} failed`;
  return [
    sign,
    job.job_id,
    word,
    formatPercent(percent_complete),
    items_total === 0 ? "" : `${items_completed}/${items_total}${failed}`,
    job.started_at === null ? "" : formatDuration(activeMs(job, nowMs)),
    formatAge(nowMs - Date.parse(job.created_at)),
    printable(job.title),
  ];
}
