import { formatEta, formatPercent, speakEta } from "@playhead/client/format";
import { isFinalJobState, type Job, type JobState } from "@playhead/core";
import type { CSSProperties } from "react";

export interface JobProgressProps {
  /** From `useJob`; null shows an empty bar, of the same size. */
  readonly job: Pick<Job, "title" | "state" | "progress"> | null;
  /** @defaultValue the job's title */
  readonly label?: string;
  readonly className?: string;
}

/** What each state is called. */
const STATE_WORDS: Readonly<Record<JobState, string>> = {
  pending: "waiting to start",
  running: "running",
  pausing: "pausing",
  paused: "paused",
  completing: "finishing",
  canceling: "canceling",
  completed: "done",
  canceled: "canceled",
  failed: "failed",
};

/**
 * A job's progress, ready to put into a product: title, bar, percent, what is left. Set these CSS variables to theme it:
 * `--playhead-bar` (the bar), `--playhead-bar-paused`, `--playhead-bar-failed`, `--playhead-bar-done`, `--playhead-track`
 * (what it runs in), `--playhead-muted` (the smaller text), `--playhead-radius`, `--playhead-height`. Text takes the
 * colour and the font of what is around it.
 */
export function JobProgress({ job, label, className }: JobProgressProps) {
  const title = label ?? job?.title ?? "Job";
  const percent = job?.progress.percent_complete ?? 0;
  const word = job === null ? "loading" : STATE_WORDS[job.state];
  const left = job === null || isFinalJobState(job.state) ? null : formatEta(job.progress);
  return (
    <div className={className} data-state={job?.state ?? "loading"} style={{ fontVariantNumeric: "tabular-nums" }}>
      <div style={ROW}>
        <span style={TITLE}>{title}</span>
        <span>{job === null ? "" : formatPercent(percent)}</span>
      </div>
      <div
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(percent)}
        aria-valuetext={valueText(job)}
        style={TRACK}
      >
        <div
          style={{
            ...BAR,
            background: BAR_COLORS[job?.state ?? "pending"] ?? BAR_COLOR,
            transform: `scaleX(${percent / 100})`,
          }}
        />
      </div>
      <div style={{ ...ROW, color: "var(--playhead-muted, inherit)", fontSize: "0.875em" }}>
        <span>{word}</span>
        <span>{left}</span>
      </div>
    </div>
  );
}

/** The range as a sentence: `running, 42 percent, about 4 minutes left, between 3 and 6 minutes`. */
function valueText(job: JobProgressProps["job"]): string {
  if (job === null) return "loading";
  const left = isFinalJobState(job.state) ? null : speakEta(job.progress);
  return [STATE_WORDS[job.state], `${Math.floor(job.progress.percent_complete)} percent`, left]
    .filter((part) => part !== null)
    .join(", ");
}

const BAR_COLOR = "var(--playhead-bar, #2f7de1)";
const BAR_COLORS: Partial<Record<JobState, string>> = {
  completed: "var(--playhead-bar-done, #1f9d61)",
  failed: "var(--playhead-bar-failed, #d4335a)",
  paused: "var(--playhead-bar-paused, #b7791f)",
  canceled: "var(--playhead-muted, #7b8290)",
};

const ROW: CSSProperties = { display: "flex", justifyContent: "space-between", gap: "1em", minHeight: "1.4em" };
const TITLE: CSSProperties = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" };
const TRACK: CSSProperties = {
  height: "var(--playhead-height, 6px)",
  margin: "4px 0",
  overflow: "hidden",
  borderRadius: "var(--playhead-radius, 3px)",
  background: "var(--playhead-track, color-mix(in srgb, currentColor 14%, transparent))",
};
// The length is a transform, which the browser glides without laying the page out again.
const BAR: CSSProperties = {
  height: "100%",
  transformOrigin: "left",
  transition: "transform var(--playhead-glide, 200ms) linear",
};
