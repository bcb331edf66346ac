import type { JsonObject, JsonValue } from "./json.ts";
import { readPercent } from "./percent.ts";
import { itemCounts, type TaskCounts, totalOf } from "./task-counts.ts";

/** A job's progress, the same fields everywhere (SPEC §3). Times are milliseconds, counts are items. */
export interface JobProgress {
  /** 0–100, never falls; exactly 100 when the job completed, and not before. */
  readonly percent_complete: number;
  readonly items_total: number;
  readonly items_completed: number;
  readonly items_failed: number;
  readonly items_skipped: number;
  readonly items_canceled: number;
  readonly items_pending: number;
  /** From creation to the first `running`; null before that. */
  readonly time_to_start_ms: number | null;
  /** Summed over finished items. */
  readonly time_processing_ms: number;
  /** Null until an item has finished. */
  readonly average_duration_ms_per_item: number | null;
  /** Finished items a minute of active time (without pauses); null while nothing has finished. */
  readonly items_per_minute: number | null;
  /** Expected time left; null only while nothing at all is known, or when nothing is left to come. */
  readonly eta_ms: number | null;
  /** Lower and upper end of the 80 % interval. */
  readonly eta_low_ms: number | null;
  readonly eta_high_ms: number | null;
  /** ISO 8601; null when `eta_ms` is. */
  readonly estimated_completion: string | null;
  readonly rate_limited: boolean;
  readonly processing_deadline_ms: number | null;
  readonly current_step: string | null;
  /** Settled leaves of the task tree, and all of them. */
  readonly steps_completed: number;
  readonly total_steps: number;
  readonly errors_encountered: number;
  /** ISO 8601 of the first `running`. */
  readonly start_time: string | null;
}

/** The progress of a job of which nothing is known yet. */
export const NO_PROGRESS: JobProgress = {
  percent_complete: 0,
  items_total: 0,
  items_completed: 0,
  items_failed: 0,
  items_skipped: 0,
  items_canceled: 0,
  items_pending: 0,
  time_to_start_ms: null,
  time_processing_ms: 0,
  average_duration_ms_per_item: null,
  items_per_minute: null,
  eta_ms: null,
  eta_low_ms: null,
  eta_high_ms: null,
  estimated_completion: null,
  rate_limited: false,
  processing_deadline_ms: null,
  current_step: null,
  steps_completed: 0,
  total_steps: 0,
  errors_encountered: 0,
  start_time: null,
};

/** As far as the bar goes before the job has completed. */
export const MAX_OPEN_PERCENT = 99.99;

/** The progress with the fields that follow from the counts alone. */
export function withCounts(progress: JobProgress, counts: TaskCounts): JobProgress {
  const { states, finishedMs } = itemCounts(counts);
  const { leaves } = counts;
  return {
    ...progress,
    items_total: totalOf(states),
    items_completed: states.completed,
    items_failed: states.failed,
    items_skipped: states.skipped,
    items_canceled: states.canceled,
    items_pending: states.pending + states.processing,
    time_processing_ms: finishedMs,
    average_duration_ms_per_item: states.completed > 0 ? Math.round(finishedMs / states.completed) : null,
    steps_completed: leaves.completed + leaves.failed + leaves.skipped + leaves.canceled,
    total_steps: totalOf(leaves),
  };
}

type Read = (value: unknown) => JsonValue | undefined;
type Readers = Readonly<Record<keyof JobProgress, Read>>;

const isAmount = (value: unknown): value is number => typeof value === "number" && value >= 0 && Number.isFinite(value);
const amount: Read = (value) => (isAmount(value) ? value : undefined);
const amountOrNull: Read = (value) => (value === null || isAmount(value) ? value : undefined);
const textOrNull: Read = (value) => (value === null || typeof value === "string" ? value : undefined);

/** What ticks bring: the bar, the rate and the forecast. */
const TICKED = {
  percent_complete: (value: unknown) => readPercent(value) ?? undefined,
  items_per_minute: amountOrNull,
  eta_ms: amountOrNull,
  eta_low_ms: amountOrNull,
  eta_high_ms: amountOrNull,
  estimated_completion: textOrNull,
} satisfies Partial<Readers>;

const ALL: Readers = {
  ...TICKED,
  items_total: amount,
  items_completed: amount,
  items_failed: amount,
  items_skipped: amount,
  items_canceled: amount,
  items_pending: amount,
  time_to_start_ms: amountOrNull,
  time_processing_ms: amount,
  average_duration_ms_per_item: amountOrNull,
  rate_limited: (value) => (typeof value === "boolean" ? value : undefined),
  processing_deadline_ms: amountOrNull,
  current_step: textOrNull,
  steps_completed: amount,
  total_steps: amount,
  errors_encountered: amount,
  start_time: textOrNull,
};

/**
 * The fields of a `job.progress` event's data that are of the right type; others are left out.
 *
 * @param fields `ticked` for what ticks alone can say, `all` where the facts behind the others are not at hand.
 */
export function readProgress(data: JsonObject, fields: "ticked" | "all"): Partial<JobProgress> {
  const read: Record<string, JsonValue> = {};
  for (const [name, reader] of Object.entries(fields === "all" ? ALL : TICKED)) {
    const value = reader(data[name]);
    if (value !== undefined) read[name] = value;
  }
  return read as Partial<JobProgress>;
}
