import type { ConnectionState } from "@playhead/client";
import { formatPercent } from "@playhead/client/format";
import type { ErrorBody, JobState } from "@playhead/core";
import type { CSSProperties } from "react";
import { Announcement } from "./announcement.tsx";
import { type ShownJob, wordsOf } from "./job-words.ts";
import { useLasting } from "./use-lasting.ts";
import { useMotion } from "./use-motion.ts";

export interface JobProgressProps {
  /** From `useJob`; null shows an empty bar, of the same size. */
  readonly job: ShownJob | null;
  /** From `useJob`: says when what is shown is not now. @defaultValue nothing is said of it */
  readonly connection?: ConnectionState;
  /** From `useJob`: why there is no job. */
  readonly error?: ErrorBody | null;
  /** @defaultValue the job's title */
  readonly label?: string;
  readonly className?: string;
}

/** A hiccup of the connection that is over sooner is not worth a word. */
const PATIENCE_MS = 1_500;
/** A screen reader is told of progress when another quarter is done. */
const ANNOUNCED_PERCENT = 25;

/**
 * A job's progress, ready to put into a product: title, bar, percent, how it stands, what is left, and what is wrong.
 * `<JobProgress {...useJob(jobId)} />` is all. Set these CSS variables to theme it: `--playhead-bar` (the bar),
 * `--playhead-bar-paused`, `--playhead-bar-failed`, `--playhead-bar-done`, `--playhead-track` (what it runs in),
 * `--playhead-muted` (the smaller text, and the bar of a canceled job), `--playhead-trouble` (what is wrong),
 * `--playhead-radius`, `--playhead-height`, `--playhead-glide` (how long the bar takes to a new place). Text takes the
 * colour and the font of what is around it. `data-state`, `data-liveness` and `data-connection` are for your selectors.
 */
export function JobProgress({ job, connection, error, label, className }: JobProgressProps) {
  const isCut = connection !== undefined && "lostAtMs" in connection;
  const isCutForLong = useLasting(isCut, PATIENCE_MS);
  const words = wordsOf({ job, connection: isCutForLong ? connection : undefined, error });
  const mayGlide = useMotion();
  const title = label ?? job?.title ?? "Job";
  const percent = job?.progress.percent_complete ?? 0;
  const quarter = Math.floor(percent / ANNOUNCED_PERCENT);
  return (
    <div
      className={className}
      data-state={job?.state ?? "loading"}
      data-liveness={job?.liveness}
      data-connection={connection?.status}
      style={WHOLE}
    >
      <div style={ROW}>
        <span style={TITLE}>{title}</span>
        <span>{job === null ? "" : formatPercent(percent)}</span>
      </div>
      <div
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        // Without a value it says that nothing is known yet.
        {...(job !== null && { "aria-valuenow": Math.floor(percent) })}
        aria-valuetext={words.spoken}
        style={TRACK}
      >
        <div
          style={{
            ...BAR,
            background: BAR_COLORS[job?.state ?? "pending"] ?? BAR_COLOR,
            transform: `scaleX(${percent / 100})`,
            ...(mayGlide && { transition: "transform var(--playhead-glide, 200ms) linear" }),
          }}
        />
      </div>
      <div style={{ ...ROW, ...SMALL }}>
        <span>{words.state}</span>
        <span>{words.left}</span>
      </div>
      {words.trouble !== null && <div style={TROUBLE}>{words.trouble}</div>}
      <Announcement
        topic={job === null && words.trouble === null ? null : `${words.state} ${quarter} ${words.trouble}`}
        message={`${title}: ${words.spoken}`}
      />
    </div>
  );
}

// All of them stand out at least 3 : 1 from the track, on white and on black; none is the only sign of what it means.
const BAR_COLOR = "var(--playhead-bar, #2877dc)";
const BAR_COLORS: Partial<Record<JobState, string>> = {
  completed: "var(--playhead-bar-done, #17895a)",
  failed: "var(--playhead-bar-failed, #d63a5e)",
  paused: "var(--playhead-bar-paused, #a86a12)",
  canceled: "var(--playhead-muted, #757b87)",
};

const WHOLE: CSSProperties = { position: "relative", fontVariantNumeric: "tabular-nums" };
const ROW: CSSProperties = { display: "flex", justifyContent: "space-between", gap: "1em", minHeight: "1.4em" };
const SMALL: CSSProperties = { color: "var(--playhead-muted, inherit)", fontSize: "0.875em" };
const TROUBLE: CSSProperties = { color: "var(--playhead-trouble, inherit)", fontSize: "0.875em" };
const TITLE: CSSProperties = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" };
const TRACK: CSSProperties = {
  height: "var(--playhead-height, 6px)",
  margin: "4px 0",
  overflow: "hidden",
  borderRadius: "var(--playhead-radius, 3px)",
  background: "var(--playhead-track, color-mix(in srgb, currentColor 14%, transparent))",
  // A system with colours of its own would paint both alike.
  forcedColorAdjust: "none",
};
// The length is a transform, which the browser glides without laying the page out again.
const BAR: CSSProperties = { height: "100%", transformOrigin: "left" };
