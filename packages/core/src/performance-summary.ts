import type { ExecutionCategory } from "./observation.ts";

/** How calls did. Times in milliseconds, with fractions. */
export interface CallFigures {
  readonly count: number;
  readonly error_count: number;
  /** 0..1 */
  readonly error_rate: number;
  /** How many of them were counted without a record of their own, to stay within the budget. */
  readonly summarized_count: number;
  readonly total_ms: number;
  readonly average_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
  /** The percentiles are off by at most `percentile_error` of themselves; all else is exact. */
  readonly p50_ms: number;
  readonly p90_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

/** How the calls of one name did. */
export interface NamedFigures extends CallFigures {
  readonly category: ExecutionCategory;
  readonly name: string;
}

/** A range as it is told: half-open, ISO 8601. */
export interface ToldRange {
  readonly from: string;
  readonly to: string;
}

/** How calls did within a range of time, as `GET /performance/summary` answers. */
export interface PerformanceSummary {
  /** What was asked for, widened to whole minutes (hours, where minutes are kept no longer). */
  readonly range: ToldRange;
  /** Relative, such as 0.01. */
  readonly percentile_error: number;
  /** By total time, the largest first. */
  readonly functions: readonly NamedFigures[];
}
