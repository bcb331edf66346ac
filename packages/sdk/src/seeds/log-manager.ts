import type { LogEntry, LogEventType, LogLevel } from "@playhead/core";
import { copyAsJsonObject } from "../json-copy.ts";
import { errorDetails } from "../observe/error-details.ts";
import { capture, captureAll } from "../summary/capture.ts";
import { createSummaries } from "../summary/summary.ts";
import type { Reading } from "../transport/reading.ts";
import type { ObservingPlayhead } from "./performance-tracker.ts";
import { rangeQuery, type SeedRange } from "./seed-range.ts";

/** What a {@link LogManager} reports through and reads from. */
export interface LogManagerOptions {
  readonly playhead: ObservingPlayhead;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
}

/** What was measured of one function, as seed 000 has it. */
export interface PerformanceMetrics {
  readonly function_name: string;
  readonly execution_time_ms: number;
  readonly memory_peak_bytes?: number;
  /** 0–100 */
  readonly cpu_percent?: number;
  readonly api_calls_count?: number;
  readonly db_queries_count?: number;
  /** 0..1 */
  readonly success_rate?: number;
}

/** Which entries are wanted: all that is said must hold. */
export interface LogFilters extends SeedRange {
  /** This one, and what is worse. */
  readonly level?: LogLevel;
  readonly event_type?: LogEventType | readonly LogEventType[];
  readonly function_name?: string;
  readonly job_id?: string;
  readonly session_id?: string;
  readonly user_id?: string;
  readonly stage?: string;
  /** Words that all stand in it. */
  readonly text?: string;
  /** Only calls that took longer. */
  readonly duration_over_ms?: number;
  /** @defaultValue "desc" */
  readonly order?: "asc" | "desc";
  /** @defaultValue 1 000 */
  readonly limit?: number;
}

const LIMIT = 1_000;
const PAGE = 200;
/** As of calls that are recorded by themselves: bounded, without secrets. */
const summaries = createSummaries();

/**
 * The `LogManager` of seed 000: writes into the log what is known of calls that have ended, and reads the log. New code is
 * shorter with `monitor` and `job.log`.
 */
export class LogManager {
  readonly #playhead: ObservingPlayhead;
  readonly #nowMs: () => number;

  constructor({ playhead, nowMs = Date.now }: LogManagerOptions) {
    this.#playhead = playhead;
    this.#nowMs = nowMs;
  }

  /** A function has ended well. */
  logExecution(
    functionName: string,
    parameters: Readonly<Record<string, unknown>>,
    result: unknown,
    durationMs: number,
  ): void {
    this.#playhead.observer.executionEnded({
      name: functionName,
      category: "function",
      startMs: this.#nowMs() - durationMs,
      durationMs,
      parameters: summaries.parameters(captureAll(Object.values(parameters)), Object.keys(parameters)),
      result_summary: summaries.result(capture(result)),
    });
  }

  /** A function has failed. @param durationMs where it was measured */
  logError(
    functionName: string,
    error: unknown,
    context: Readonly<Record<string, unknown>> = {},
    durationMs = 0,
  ): void {
    const metadata = copyAsJsonObject(context);
    this.#playhead.observer.executionEnded({
      name: functionName,
      category: "function",
      startMs: this.#nowMs() - durationMs,
      durationMs,
      error: errorDetails(error),
      ...(metadata !== null && { metadata }),
    });
  }

  /** What was measured of a function, as a line of its log. */
  logPerformance({ function_name, ...metrics }: PerformanceMetrics): void {
    this.#playhead.observer.log({
      level: "info",
      message: `${function_name} took ${metrics.execution_time_ms} ms`,
      function_name,
      logger: "performance",
      fields: { ...metrics },
    });
  }

  /**
   * The entries that are wanted, the newest first.
   * @throws PlayheadError as the server answers; `forbidden` where the key may only report
   */
  async queryLogs(filters: LogFilters = {}): Promise<readonly LogEntry[]> {
    const { limit = LIMIT, from, to, function_name, text, duration_over_ms, event_type, ...others } = filters;
    const query = {
      ...others,
      ...rangeQuery({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
      function: function_name,
      q: text,
      duration_over: duration_over_ms,
      event_type,
    };
    const entries: LogEntry[] = [];
    let page_token: string | undefined;
    do {
      const page_size = Math.min(PAGE, limit - entries.length);
      const reading = await this.#playhead.read("logs", { ...query, page_size, page_token });
      const page = (await reading.json()) as { entries: readonly LogEntry[]; next_page_token: string | null };
      entries.push(...page.entries);
      page_token = page.next_page_token ?? undefined;
    } while (page_token !== undefined && entries.length < limit);
    return entries;
  }

  /**
   * All entries of a range, the oldest first: as a stream (`body`), or whole (`text()`).
   * @throws PlayheadError as the server answers
   */
  exportData(format: "csv" | "json" | "ndjson", range?: SeedRange): Promise<Reading> {
    return this.#playhead.read("export", { format, ...rangeQuery(range) });
  }
}
