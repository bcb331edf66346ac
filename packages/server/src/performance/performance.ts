import {
  type CallFigures,
  type ExecutionCategory,
  type PerformanceSummary,
  SKETCH_RELATIVE_ERROR,
  type TimeRange,
  type ToldRange,
} from "@playhead/core";
import type { CallSum, NamedCallSum, RollupSpan, TelemetryStore } from "../store/telemetry-store.ts";
import { sumJobCalls } from "./job-calls.ts";
import { significanceOf } from "./significance.ts";
import { compareWindows, functionKey } from "./window-ranks.ts";

/** Which calls are asked about. */
export interface CallsQuery {
  readonly tenantId: string;
  readonly range: TimeRange;
  readonly category?: ExecutionCategory;
  readonly name?: string;
}

export interface SeriesPoint extends CallFigures {
  readonly from: string;
  readonly to: string;
}

export interface PerformanceSeries {
  readonly span: RollupSpan;
  readonly percentile_error: number;
  /** Oldest first; spans without calls are left out. */
  readonly points: readonly SeriesPoint[];
}

/** What changed of one function from one range to another. */
export interface Comparison {
  readonly category: ExecutionCategory;
  readonly name: string;
  /** Null where it was not called then. */
  readonly before: CallFigures | null;
  readonly after: CallFigures | null;
  /** Share by which the average grew (0.1: by a tenth); null where one side is missing or took no time. */
  readonly average_change: number | null;
  readonly p95_change: number | null;
  /** Probability (0..1) that they differ this much by chance alone; null where there are too few calls to tell. */
  readonly p_value: number | null;
  /**
   * What was compared: `windows`, the medians of minutes, hours or days, by their ranks; or, where there are too few of
   * them, the averages of `calls`, which is rash where calls are like those before them. Null without a `p_value`.
   */
  readonly p_basis: "windows" | "calls" | null;
  readonly is_significant: boolean;
}

export interface PerformanceComparison {
  readonly before: ToldRange;
  readonly after: ToldRange;
  readonly percentile_error: number;
  /** The most changed first. */
  readonly functions: readonly Comparison[];
}

export interface FunctionPerformance {
  readonly summary: PerformanceSummary;
  readonly series: PerformanceSeries;
}

/** Answers what took how long, from the store's rollups. */
export interface Performance {
  getPerformanceSummary(query: CallsQuery): Promise<PerformanceSummary>;
  /** All matching calls in one line of points. */
  readSeries(query: CallsQuery & { readonly span: RollupSpan }): Promise<PerformanceSeries>;
  compare(
    query: Omit<CallsQuery, "range"> & { readonly before: TimeRange; readonly after: TimeRange },
  ): Promise<PerformanceComparison>;
  /** What changed from the calls of one job to those of another. */
  compareJobs(query: {
    readonly tenantId: string;
    readonly beforeJobId: string;
    readonly afterJobId: string;
  }): Promise<PerformanceComparison>;
  /** One function by its name, in whatever categories it has; null where it was not called within the range. */
  readFunction(
    query: CallsQuery & { readonly name: string; readonly span: RollupSpan },
  ): Promise<FunctionPerformance | null>;
}

const QUANTILES = [0.5, 0.9, 0.95, 0.99];
/** Differences that chance alone makes less often than this are said to be significant. */
const SIGNIFICANT_P = 0.01;

/** @param store whose rollups are read */
export function createPerformance(
  store: Pick<TelemetryStore, "sumCalls" | "sumCallsBySpan" | "readMedians" | "queryEntries">,
): Performance {
  const sums = (query: CallsQuery) => store.sumCalls({ ...query, quantiles: QUANTILES });

  async function getPerformanceSummary(query: CallsQuery): Promise<PerformanceSummary> {
    const found = await sums(query);
    const functions = found.sums.map((sum) => ({ category: sum.category, name: sum.name, ...figuresOf(sum) }));
    functions.sort((a, b) => b.total_ms - a.total_ms || (a.name < b.name ? -1 : 1));
    return { range: told(found.range), percentile_error: SKETCH_RELATIVE_ERROR, functions };
  }

  async function readSeries(query: CallsQuery & { readonly span: RollupSpan }): Promise<PerformanceSeries> {
    const found = await store.sumCallsBySpan({ ...query, quantiles: QUANTILES });
    const points = found.map((sum) => ({ ...told({ fromMs: sum.startMs, toMs: sum.endMs }), ...figuresOf(sum) }));
    return { span: query.span, percentile_error: SKETCH_RELATIVE_ERROR, points };
  }

  return {
    getPerformanceSummary,
    readSeries,
    async compare({ before, after, ...query }) {
      const [then, now, ranks] = await Promise.all([
        sums({ ...query, range: before }),
        sums({ ...query, range: after }),
        compareWindows(store, { ...query, before, after }),
      ]);
      return comparisonOf(then, now, ranks);
    },
    async compareJobs({ tenantId, beforeJobId, afterJobId }) {
      const sumsOf = (jobId: string) => sumJobCalls(store, { tenantId, jobId, quantiles: QUANTILES });
      return comparisonOf(await sumsOf(beforeJobId), await sumsOf(afterJobId), new Map());
    },
    async readFunction(query) {
      const [summary, series] = await Promise.all([getPerformanceSummary(query), readSeries(query)]);
      return summary.functions.length === 0 ? null : { summary, series };
    },
  };
}

interface SummedRange {
  readonly range: TimeRange;
  readonly sums: readonly NamedCallSum[];
}

/** @param ranks what the ranks of windows say, of those functions that have enough of them */
function comparisonOf(then: SummedRange, now: SummedRange, ranks: ReadonlyMap<string, number>): PerformanceComparison {
  const earlier = new Map(then.sums.map((sum) => [functionKey(sum), sum]));
  const later = new Map(now.sums.map((sum) => [functionKey(sum), sum]));
  const functions = [...new Map([...earlier, ...later])].map(([key, { category, name }]) => {
    const change = changeOf(earlier.get(key) ?? null, later.get(key) ?? null, ranks.get(key) ?? null);
    return { category, name, ...change };
  });
  functions.sort((a, b) => Math.abs(b.average_change ?? 0) - Math.abs(a.average_change ?? 0));
  return {
    before: told(then.range),
    after: told(now.range),
    percentile_error: SKETCH_RELATIVE_ERROR,
    functions,
  };
}

function changeOf(
  before: CallSum | null,
  after: CallSum | null,
  ranksP: number | null,
): Omit<Comparison, "category" | "name"> {
  const [then, now] = [before && figuresOf(before), after && figuresOf(after)];
  const pValue = ranksP ?? (before && after && significanceOf(before, after));
  return {
    before: then,
    after: now,
    average_change: growth(then?.average_ms, now?.average_ms),
    p95_change: growth(then?.p95_ms, now?.p95_ms),
    p_value: pValue,
    p_basis: pValue === null ? null : ranksP === null ? "calls" : "windows",
    is_significant: pValue !== null && pValue < SIGNIFICANT_P,
  };
}

function growth(before: number | undefined, after: number | undefined): number | null {
  return before === undefined || after === undefined || before === 0 ? null : after / before - 1;
}

function figuresOf(sum: CallSum): CallFigures {
  const [p50 = 0, p90 = 0, p95 = 0, p99 = 0] = sum.quantilesMs;
  return {
    count: sum.count,
    error_count: sum.errors,
    error_rate: sum.errors / sum.count,
    summarized_count: sum.summarized,
    total_ms: sum.durationSumMs,
    average_ms: sum.durationSumMs / sum.count,
    min_ms: sum.durationMinMs,
    max_ms: sum.durationMaxMs,
    p50_ms: p50,
    p90_ms: p90,
    p95_ms: p95,
    p99_ms: p99,
  };
}

function told({ fromMs, toMs }: TimeRange): ToldRange {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
