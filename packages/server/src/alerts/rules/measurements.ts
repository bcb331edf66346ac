/**
 * What conditions may be about. Each entry owns its name, its unit, its words and how it is read out of a window;
 * docs/alerts.md lists the same, and a test holds the two together.
 */
import type { AlertDimension, EventType } from "@playhead/core";
import { BASELINE, DURATIONS, LIVENESS_SLOT, LONGEST_CALL, type Measured, type Slot, STEP_COUNT } from "./measured.ts";

/** How one thing is measured. */
export interface Measurement {
  /** `share` is 0..1, `percent` 0..100. */
  readonly unit: "share" | "percent" | "ms" | "ratio" | "count" | "level";
  readonly description: string;
  readonly needs: readonly Slot[];
  /** `of(i)` is the sum in the i-th of the slots that it needs. Null is "no data". */
  readonly read: (of: (need: number) => number, measured: Measured) => number | null;
  /** How many things it was measured of, where too few of them are no data; counts need none. */
  readonly samples?: (of: (need: number) => number) => number;
  /** How many failures and the like it is about. */
  readonly about?: (of: (need: number) => number) => number;
  /** It means something only by itself: `group_by` has this, or the scope names one value of it. */
  readonly per?: AlertDimension;
}

/** So many calls make a normal that others are measured by. */
export const MIN_BASELINE_CALLS = 20;
/** How far back that normal goes, before the window. */
export const BASELINE_HOURS = 24;

const CALLS = ["call|count", "call|errors"] as const;
const TASKS = ["task|completed", "task|failed"] as const;
const JOBS = ["job|completed", "job|failed"] as const;

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function count(slot: Slot, description: string): Measurement {
  return { unit: "count", description, needs: [slot], read: (of) => of(0), about: (of) => of(0) };
}

function failedShare(needs: readonly [Slot, Slot], description: string): Measurement {
  return {
    unit: "share",
    description,
    needs,
    read: (of) => share(of(1), of(0) + of(1)),
    samples: (of) => of(0) + of(1),
    about: (of) => of(1),
  };
}

function ofCalls(needs: readonly Slot[], description: string, read: Measurement["read"]): Measurement {
  const samples: Measurement["samples"] = (of) => of(0);
  return { unit: "ms", description, needs: ["call|count", ...needs], read, samples, about: samples };
}

function percentile(percent: number): Measurement {
  return ofCalls([DURATIONS], `${percent} of 100 calls took no longer than this`, (_of, measured) =>
    measured.quantileMs(percent / 100),
  );
}

/** What was last looked at under that name. */
function gauge(name: string, unit: Measurement["unit"], description: string): Measurement {
  return {
    unit,
    description,
    needs: [`gauge:${name}|count`],
    read: (_of, measured) => measured.latest(name),
    samples: (of) => of(0),
  };
}

const KIND_REGRESSION =
  "By which share jobs of a kind take longer since the last step, for 20 jobs after it was found; 0.5 is half as long again, 0 without a step";
const FUNCTION_REGRESSION =
  "The same of a function, by the medians of its hours with calls; looked at when such an hour is over";
const ANOMALY_SCORE =
  "How far the last hour of a function was from the usual for that hour, in usual deviations; over 0: it took longer";

/** The measurements by their names. */
export const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  error_rate: {
    unit: "share",
    description: "Of the calls and tasks that ended, how many failed",
    needs: [...CALLS, ...TASKS],
    read: (of) => share(of(1) + of(3), of(0) + of(2) + of(3)),
    samples: (of) => of(0) + of(2) + of(3),
    about: (of) => of(1) + of(3),
  },
  task_error_rate: failedShare(TASKS, "Of the tasks that completed or failed, how many failed"),
  job_error_rate: failedShare(JOBS, "Of the jobs that completed or failed, how many failed"),
  calls_completed: {
    ...count("call|count", "Calls that ended without an error"),
    needs: CALLS,
    read: (of) => of(0) - of(1),
    about: (of) => of(0) - of(1),
  },
  calls_failed: count("call|errors", "Calls that ended with an error"),
  tasks_completed: count("task|completed", "Tasks that completed: clips, videos, stages and the like"),
  tasks_failed: count("task|failed", "Tasks that failed"),
  jobs_completed: count("job|completed", "Jobs that completed"),
  jobs_failed: count("job|failed", "Jobs that failed"),
  jobs_canceled: count("job|canceled", "Jobs that were canceled"),
  p50_duration_ms: percentile(50),
  p95_duration_ms: percentile(95),
  p99_duration_ms: percentile(99),
  avg_duration_ms: ofCalls(["call|sum"], "How long calls took on average", (of) => share(of(1), of(0))),
  max_duration_ms: ofCalls([LONGEST_CALL], "How long the longest call took", (of, measured) =>
    of(0) === 0 ? null : measured.maxMs,
  ),
  duration_ratio_to_baseline: {
    ...ofCalls(
      ["call|sum", BASELINE],
      `The average of calls by that of the ${BASELINE_HOURS} hours before the window, from ${MIN_BASELINE_CALLS} calls in them on; 1.5 is half as long again`,
      (of, measured) => {
        const normalMs = measured.baselineMs();
        return of(0) === 0 || normalMs === null ? null : share(of(1) / of(0), normalMs);
      },
    ),
    unit: "ratio",
    per: "function_name",
  },
  step_duration_ms: {
    unit: "ms",
    description: "The longest step or stage that ended or is under way; a pause starts its time over",
    needs: [STEP_COUNT],
    read: (_of, measured) => measured.longestStepMs(),
    about: (of) => Math.max(1, of(0)),
  },
  liveness_level: {
    unit: "level",
    description: "What the job is said to be: 0 ok, 1 slow, 2 stalled, 3 stuck, 4 lost; until something else is said",
    needs: [LIVENESS_SLOT],
    read: (_of, measured) => measured.liveness,
    per: "job_id",
  },
  cpu_percent: {
    ...gauge("cpu_percent", "percent", "Of all cores, on average over the window"),
    needs: ["gauge:cpu_percent|count", "gauge:cpu_percent|sum"],
    read: (of) => share(of(1), of(0)),
  },
  memory_percent: gauge("memory_percent", "percent", "Of the machine's memory, when last looked at"),
  disk_percent: gauge("disk_percent", "percent", "Of the disk that holds the data, when last looked at"),
  stuck_jobs: { ...gauge("stuck_jobs", "count", "Jobs of which nothing is reported, when last looked at") },
  lost_workers: { ...gauge("lost_workers", "count", "Workers that went silent, when last looked at") },
  dropped_records: {
    ...gauge("dropped_records", "count", "Records that Playhead itself could not keep, within the window"),
    needs: ["gauge:dropped_records|count", "gauge:dropped_records|rise"],
    read: (of) => (of(0) === 0 ? null : of(1)),
    about: (of) => of(1),
  },
  health_status: gauge("health_status", "level", "Of a component, when last checked: 0 healthy, 1 warning, 2 critical"),
  kind_regression: { ...gauge("kind_regression", "share", KIND_REGRESSION), per: "kind" },
  function_regression: { ...gauge("function_regression", "share", FUNCTION_REGRESSION), per: "function_name" },
  anomaly_score: { ...gauge("anomaly_score", "ratio", ANOMALY_SCORE), per: "function_name" },
  sample_count: count("any|count", "All that was heard: calls, events and values"),
};

/** A function of conditions: its only argument is a name, written out. */
export interface MeasuringFunction {
  readonly description: string;
  readonly measure: (name: string) => Measurement;
}

/** The functions by their names. */
export const FUNCTIONS: Readonly<Record<string, MeasuringFunction>> = {
  events: {
    description: 'Events of a type, such as `events("stage.failed")`',
    measure: (type) => count(`event:${type as EventType}|count`, `Events ${type}`),
  },
  calls: {
    description: "Calls of a function that ended",
    measure: (name) => count(`call:${name}|count`, `Calls of ${name}`),
  },
  errors: {
    description: "Calls of a function that failed",
    measure: (name) => count(`call:${name}|errors`, `Failed calls of ${name}`),
  },
  gauge: {
    description: "Any other value that workers count, when last looked at",
    measure: (name) => gauge(name, "count", `The last value of ${name}`),
  },
};
