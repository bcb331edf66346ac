import type { PerformanceSummary } from "@playhead/core";
import { dbExecution } from "../database/db-operation.ts";
import { apiExecution } from "../fetch/api-call.ts";
import type { Observer } from "../observe/observer.ts";
import type { Playhead } from "../playhead.ts";
import { rangeQuery, type SeedRange } from "./seed-range.ts";

/** What the seeds' classes for performance and logs work through: a Playhead. */
export interface ObservingPlayhead extends Pick<Playhead, "read"> {
  readonly observer: Observer;
}

/** What a {@link PerformanceTracker} reports through and reads from. */
export interface PerformanceTrackerOptions {
  readonly playhead: ObservingPlayhead;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
}

/**
 * The `PerformanceTracker` of seed 000: say what was measured elsewhere, once it has ended. New code is shorter with
 * `monitor`, `patchFetch`, `monitorPg` and `monitorSqlite`, which measure by themselves.
 */
export class PerformanceTracker {
  readonly #playhead: ObservingPlayhead;
  readonly #nowMs: () => number;

  constructor({ playhead, nowMs = Date.now }: PerformanceTrackerOptions) {
    this.#playhead = playhead;
    this.#nowMs = nowMs;
  }

  /** A function has ended well. @param memoryPeakBytes where it was measured */
  recordExecution(name: string, durationMs: number, memoryPeakBytes?: number): void {
    this.#playhead.observer.executionEnded({
      name,
      category: "function",
      startMs: this.#nowMs() - durationMs,
      durationMs,
      ...(memoryPeakBytes !== undefined && { cost: { memory_peak_bytes: memoryPeakBytes } }),
    });
  }

  /** A call of another service was answered; a 4xx or 5xx counts as failed. */
  recordApiCall(endpoint: string, responseTimeMs: number, status: number): void {
    const startMs = this.#nowMs() - responseTimeMs;
    this.#playhead.observer.executionEnded(apiExecution({ endpoint, startMs, responseTimeMs, status }));
  }

  /** A database has done something. @param queryType its name, such as `SELECT` or `SELECT clips` @param rows read or changed */
  recordDbOperation(queryType: string, durationMs: number, rows: number): void {
    const kind = queryType.trim().split(/\s/, 1)[0]?.toUpperCase() || "SQL";
    const startMs = this.#nowMs() - durationMs;
    this.#playhead.observer.executionEnded(dbExecution({ name: queryType, kind, startMs, durationMs, rows }));
  }

  /**
   * How long calls took, by name. @defaultValue range: the last day
   * @throws PlayheadError as the server answers; `forbidden` where the key may only report
   */
  async getPerformanceSummary(range?: SeedRange): Promise<PerformanceSummary> {
    const reading = await this.#playhead.read("performance/summary", rangeQuery(range));
    return (await reading.json()) as PerformanceSummary;
  }
}
