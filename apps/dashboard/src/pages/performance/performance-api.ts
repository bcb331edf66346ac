import { type CallFigures, type ExecutionCategory, type LogEntry, PlayheadError, type ToldRange } from "@playhead/core";
import { client } from "../../client.ts";

/** What changed of one function from one range, or one job, to another. */
export interface Comparison {
  readonly category: ExecutionCategory;
  readonly name: string;
  /** Null where it was not called then. */
  readonly before: CallFigures | null;
  readonly after: CallFigures | null;
  /** Share by which the average grew; null where one side is missing or took no time. */
  readonly average_change: number | null;
  readonly p95_change: number | null;
  /** Probability (0..1) that chance alone makes them differ this much; null: too few calls to tell. */
  readonly p_value: number | null;
  readonly is_significant: boolean;
}

/** All that changed, the most changed first. */
export interface PerformanceComparison {
  readonly before: ToldRange;
  readonly after: ToldRange;
  readonly functions: readonly Comparison[];
}

/** How long the charts' points are. */
export type SeriesSpan = "minute" | "hour" | "day";

export interface SeriesPoint extends CallFigures, ToldRange {}

/** Calls over time, oldest first; spans without calls are left out. */
export interface PerformanceSeries {
  readonly span: SeriesSpan;
  readonly points: readonly SeriesPoint[];
}

/** Where a function's durations changed for good. */
export interface ChangePoint {
  readonly at_ms: number;
  readonly before_ms: number;
  readonly after_ms: number;
  /** Share by which they grew. */
  readonly change: number;
  readonly p_value: number;
}

/** Where a function is going. */
export interface FunctionTrend {
  readonly category: ExecutionCategory;
  readonly name: string;
  readonly trend: "improving" | "steady" | "regressing" | "unknown";
  readonly change_points: readonly ChangePoint[];
}

export interface CallsQuery {
  readonly from?: string;
  readonly to?: string;
  readonly category?: ExecutionCategory;
  readonly name?: string;
  readonly span?: SeriesSpan;
}

export interface CompareQuery extends CallsQuery {
  readonly before_from?: string;
  readonly before_to?: string;
  /** In place of a range: the calls of a job, beside those of another. */
  readonly job_id?: string;
  readonly before_job_id?: string;
}

export interface EntriesQuery {
  readonly from?: string;
  readonly to?: string;
  readonly function?: string;
  readonly category?: ExecutionCategory;
  readonly event_type?: readonly string[];
  readonly duration_over?: number;
  readonly page_size?: number;
}

const { ask } = client.api;

/** What the server is asked about performance. Each call throws a PlayheadError when it fails. */
export const performanceApi = {
  compare: (query: CompareQuery) => ask<PerformanceComparison>("GET", "performance/compare", { query }),
  series: (query: CallsQuery) => ask<PerformanceSeries>("GET", "performance/series", { query }),
  /** None where the server is too old to tell. */
  trends: async (query: CallsQuery): Promise<readonly FunctionTrend[]> => {
    const told = ask<{ readonly functions: readonly FunctionTrend[] }>("GET", "performance/trends", { query });
    return told.then(({ functions }) => functions, noneIfUnknown);
  },
  entries: (query: EntriesQuery) =>
    ask<{ readonly entries: readonly LogEntry[]; readonly next_page_token: string | null }>("GET", "logs", { query }),
};

function noneIfUnknown(error: unknown): readonly FunctionTrend[] {
  if (error instanceof PlayheadError && error.code === "not_found") return [];
  throw error;
}
