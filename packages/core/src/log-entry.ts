import type { JsonObject } from "./json.ts";
import type { LogLevel } from "./log-level.ts";
import type { ErrorDetails, ExecutionCategory } from "./observation.ts";

/** What an entry tells of: a call that runs, that ended well, that failed; or a plain line. */
export const LOG_EVENT_TYPES = ["start", "complete", "error", "log"] as const;
/** One of {@link LOG_EVENT_TYPES}. */
export type LogEventType = (typeof LOG_EVENT_TYPES)[number];

/** One line of the log, whether someone wrote it or a call left it (SPEC §7). */
export interface LogEntry {
  /** Grows as entries arrive: the cursor of live tails. An entry that tells of a running call has none of its own yet: 0. */
  readonly entry_id: number;
  /** ISO 8601, UTC, milliseconds; of a call its start. */
  readonly timestamp: string;
  readonly tenant_id: string;
  /** The job's id, or outside of any the source that reported it. */
  readonly session_id: string;
  readonly event_type: LogEventType;
  readonly level: LogLevel;
  readonly logger: string;
  readonly function_name: string | null;
  readonly category: ExecutionCategory | null;
  readonly message: string;
  /** Milliseconds, with fractions. */
  readonly duration: number | null;
  readonly parameters: JsonObject | null;
  readonly result_summary: string | null;
  readonly error_details: ErrorDetails | null;
  /** Peak, in bytes. */
  readonly memory_usage: number | null;
  /** A line's fields; a call's cost and what else was attached. */
  readonly metadata: JsonObject;
  readonly job_id: string | null;
  readonly task_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly parent_span_id: string | null;
  readonly stage: string | null;
  readonly user_id: string | null;
}

/** A half-open range of time, milliseconds UTC: from `fromMs` on, before `toMs`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which entries are wanted: all of these must hold; what is left out does not narrow. */
export interface LogFilter {
  readonly tenant_id: string;
  readonly range?: TimeRange;
  readonly levels?: readonly LogLevel[];
  readonly event_types?: readonly LogEventType[];
  readonly job_id?: string;
  readonly task_id?: string;
  readonly session_id?: string;
  readonly trace_id?: string;
  readonly function_name?: string;
  readonly category?: ExecutionCategory;
  readonly logger?: string;
  readonly user_id?: string;
  readonly stage?: string;
  /** All of these words stand in the message, the function's name, the error's class or message; `"…"` is a phrase, `word*` a beginning. */
  readonly text?: string;
  /** These top-level fields of `metadata` have these values, compared as text. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Milliseconds, exclusive: only calls that took longer. */
  readonly duration_over?: number;
}
