/**
 * What a worker observes beside the events of jobs: log lines, executions of instrumented functions, and the machine.
 * They are no events of a job: they have a cursor of their own, and go to tables of their own (DESIGN §1).
 */
import type { JsonObject } from "./json.ts";
import type { LogLevel } from "./log-level.ts";

/** What was called: a function of the user's, a request to another service, a statement of a database, a step. */
export const EXECUTION_CATEGORIES = ["function", "api", "db", "step"] as const;
/** One of {@link EXECUTION_CATEGORIES}. */
export type ExecutionCategory = (typeof EXECUTION_CATEGORIES)[number];

/** An error as it is kept: bounded and redacted. */
export interface ErrorDetails {
  /** The error's class, such as `TypeError`; of what is no error, its type. */
  readonly class: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  /** The chain of causes, the nearest first. */
  readonly causes?: readonly ErrorDetails[];
  /** Of an aggregate, its first errors. */
  readonly errors?: readonly ErrorDetails[];
}

/** A call that has begun: what is known of it while it runs. */
export interface ExecutionStarted {
  /** 16 lowercase hex digits, not all zero: the W3C parent id of what it calls. */
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly task_id?: string;
  /** Such as `probe`, `Cache.get`, `GET api.example.com/videos`, `SELECT clips`. */
  readonly name: string;
  readonly category: ExecutionCategory;
  /** Summaries of the arguments, by their names or places; bounded and redacted. */
  readonly parameters?: JsonObject;
  readonly stage?: string;
  readonly user_id?: string;
  readonly metadata?: JsonObject;
}

/** What a call took, where `trackPerformance` measures it. */
export interface ExecutionCost {
  /** Of this process while the call ran. */
  readonly cpu_ms?: number;
  readonly memory_start_bytes?: number;
  readonly memory_end_bytes?: number;
  readonly memory_peak_bytes?: number;
  readonly event_loop_delay_ms?: number;
}

/** A call that has ended; says all of it, also what was said when it began. The record's `ts` is when it began. */
export interface ExecutionEnded extends ExecutionStarted, ExecutionCost {
  /** With fractions. */
  readonly duration_ms: number;
  readonly result_summary?: string;
  /** Of one that failed. */
  readonly error?: ErrorDetails;
}

/**
 * Calls of one function within one minute (the record's `ts` is its start) that were counted instead of recorded one by
 * one. Counts are exact, and sums, too, unless `timed_count` is there.
 */
export interface ExecutionTotals {
  readonly name: string;
  readonly category: ExecutionCategory;
  readonly count: number;
  readonly errors: number;
  /**
   * How many of them were timed, when that was not each of them, since looking at the clock twice would have cost more
   * than the budget allows: the sum and the sketch are scaled up from these.
   */
  readonly timed_count?: number;
  readonly duration_sum_ms: number;
  readonly duration_min_ms: number;
  readonly duration_max_ms: number;
  /** A sketch of the durations in milliseconds, as `Sketch.encode` gives it. */
  readonly sketch: string;
}

/** The machine and the process at one moment, every 15 s. What cannot be known is null. */
export interface SystemSample {
  readonly host: string;
  /** 0–100, of all cores, since the sample before. */
  readonly cpu_percent: number | null;
  readonly memory_used_bytes: number;
  readonly memory_total_bytes: number;
  /** Resident memory of this process. */
  readonly process_memory_bytes: number;
  /** The worst delay of the event loop since the sample before. */
  readonly event_loop_delay_ms: number | null;
  /** Of the disk that holds the data. */
  readonly disk_used_bytes: number | null;
  readonly disk_total_bytes: number | null;
  /** In Playhead's own part of the temp directory. */
  readonly temp_bytes: number | null;
  readonly active_jobs: number;
  /** Anything else that is counted, by name, such as `ffmpeg_slots_used`, `ffmpeg_speed_ratio`. */
  readonly gauges?: Readonly<Record<string, number>>;
}

/** A line of a log, in a job or out of any. */
export interface LogRecordData {
  readonly level: LogLevel;
  readonly message: string;
  readonly task_id?: string;
  readonly fields?: JsonObject;
  /** Who speaks: `media` lines also go to `media_processing.log`. @defaultValue `app` */
  readonly logger?: string;
  readonly function_name?: string;
  readonly span_id?: string;
  readonly stage?: string;
  readonly user_id?: string;
}

interface Observed<Type extends string, Data> {
  readonly type: Type;
  /** ISO 8601, UTC, milliseconds: of an execution its start. */
  readonly ts: string;
  /** Grows within the source together with the numbers of its facts, so that sending one twice is harmless. */
  readonly n: number;
  /** Missing outside of any job. */
  readonly job_id?: string;
  /** The W3C trace id. */
  readonly correlation_id?: string;
  readonly data: Data;
}

/** What a worker reports besides events, as a line of the same NDJSON. */
export type ObservationRecord =
  | Observed<"log", LogRecordData>
  | Observed<"function.started", ExecutionStarted>
  | Observed<"function.completed", ExecutionEnded>
  | Observed<"function.failed", ExecutionEnded>
  | Observed<"function.summarized", ExecutionTotals>
  | Observed<"system.sampled", SystemSample>;

/** The types of {@link ObservationRecord}. */
export const OBSERVATION_TYPES = [
  "log",
  "function.started",
  "function.completed",
  "function.failed",
  "function.summarized",
  "system.sampled",
] as const satisfies readonly ObservationRecord["type"][];
