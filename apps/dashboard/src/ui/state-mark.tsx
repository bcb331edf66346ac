import type { JobState, Liveness, TaskState } from "@playhead/core";
import { isFinalJobState } from "@playhead/core";

/** The shapes that states have, beside their words and colours. */
export type MarkShape =
  | "pending"
  | "processing"
  | "completed"
  | "failed"
  | "skipped"
  | "canceled"
  | "paused"
  | "stalled"
  | "rate_limited";

/** How a state is shown: its shape, and its word. */
export interface StateLook {
  readonly shape: MarkShape;
  readonly word: string;
}

const JOB_LOOKS: Readonly<Record<JobState, StateLook>> = {
  pending: { shape: "pending", word: "Waiting to start" },
  running: { shape: "processing", word: "Running" },
  pausing: { shape: "paused", word: "Pausing" },
  paused: { shape: "paused", word: "Paused" },
  completing: { shape: "processing", word: "Finishing" },
  canceling: { shape: "canceled", word: "Canceling" },
  completed: { shape: "completed", word: "Done" },
  canceled: { shape: "canceled", word: "Canceled" },
  failed: { shape: "failed", word: "Failed" },
};

const TASK_LOOKS: Readonly<Record<TaskState, StateLook>> = {
  pending: { shape: "pending", word: "Waiting" },
  processing: { shape: "processing", word: "Working" },
  completed: { shape: "completed", word: "Done" },
  failed: { shape: "failed", word: "Failed" },
  skipped: { shape: "skipped", word: "Skipped" },
  canceled: { shape: "canceled", word: "Canceled" },
};

/** How a job looks that is not over and not well. A slow one still works. */
const LIVENESS_LOOKS: Readonly<Record<Exclude<Liveness, "ok">, StateLook>> = {
  lost: { shape: "stalled", word: "Worker lost" },
  stuck: { shape: "stalled", word: "Stuck" },
  stalled: { shape: "stalled", word: "Stalled" },
  slow: { shape: "processing", word: "Slow" },
};

/** How a job's state is shown; a job that is not well, or waits on someone's limit, says so. */
export function lookOfJob(job: {
  readonly state: JobState;
  readonly liveness: Liveness;
  readonly rate_limited: boolean;
  readonly error: { readonly error_code: string } | null;
}): StateLook {
  if (job.state === "failed" && job.error?.error_code === "worker_lost")
    return { shape: "failed", word: "Worker lost" };
  if (job.liveness !== "ok" && !isFinalJobState(job.state)) return LIVENESS_LOOKS[job.liveness];
  if (job.state === "running" && job.rate_limited) return { shape: "rate_limited", word: "Rate-limited" };
  return JOB_LOOKS[job.state];
}

/** How a task's state is shown; while its job is paused, nothing is at work. */
export function lookOfTask({ state }: { readonly state: TaskState }, job: { readonly state: JobState }): StateLook {
  return state === "processing" && job.state === "paused" ? JOB_LOOKS.paused : TASK_LOOKS[state];
}

/** The colour of each shape, as text. */
export const SHAPE_COLORS: Readonly<Record<MarkShape, string>> = {
  pending: "text-faint",
  processing: "text-processing",
  completed: "text-completed",
  failed: "text-failed",
  skipped: "text-canceled",
  canceled: "text-canceled",
  paused: "text-paused",
  stalled: "text-paused",
  rate_limited: "text-paused",
};

export interface StateMarkProps {
  readonly shape: MarkShape;
  readonly className?: string;
}

/** A state's shape. The word stands beside it, or in the name of what holds it: the mark itself is silent. */
export function StateMark({ shape, className = "" }: StateMarkProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-shape={shape}
      className={`mark size-4 shrink-0 ${SHAPE_COLORS[shape]} ${className}`}
    >
      {SHAPES[shape]}
    </svg>
  );
}

const stroke = { fill: "none", stroke: "currentColor", strokeLinecap: "round", strokeLinejoin: "round" } as const;

const SHAPES: Readonly<Record<MarkShape, React.ReactNode>> = {
  pending: <circle cx="8" cy="8" r="5" {...stroke} strokeWidth="1.5" />,
  processing: (
    <>
      <circle cx="8" cy="8" r="6" fill="currentColor" opacity="0.35" />
      <g className="mark-stripes">
        <path d="M-8 18 8 -2M-2 18 14 -2M4 18 20 -2M10 18 26 -2" {...stroke} strokeWidth="2.4" />
      </g>
    </>
  ),
  completed: <path d="m3 8.6 3.4 3.4L13 4.8" {...stroke} strokeWidth="2" />,
  failed: <path d="m4 4 8 8m0-8-8 8" {...stroke} strokeWidth="2" />,
  skipped: <path d="M11.5 3.5 4.5 12.5" {...stroke} strokeWidth="2" />,
  canceled: <rect x="4" y="4" width="8" height="8" rx="1" {...stroke} strokeWidth="1.75" />,
  paused: <path d="M5.5 4v8M10.5 4v8" {...stroke} strokeWidth="2.5" />,
  stalled: (
    <>
      <circle className="mark-pulse" cx="8" cy="8" r="6" fill="currentColor" />
      <circle cx="8" cy="8" r="3" fill="currentColor" />
    </>
  ),
  rate_limited: <path d="M3 9 9 3M3 13 13 3M7 13l6-6" {...stroke} strokeWidth="1.75" />,
};
