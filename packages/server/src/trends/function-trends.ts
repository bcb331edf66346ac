import type { ExecutionCategory, TimeRange, TrendDescription } from "@playhead/core";
import type { MediansQuery, NamedMedians, RollupSpan, TelemetryStore } from "../store/telemetry-store.ts";
import type { SeriesAnswer, SeriesQuestion } from "./analyze-series.ts";

/** How the durations of one function do over time. */
export interface FunctionTrend extends TrendDescription {
  readonly category: ExecutionCategory;
  readonly name: string;
  /** What is looked at: of a call nobody knows how long it should take, so it is how long it took. */
  readonly measure: "duration";
  /** How many spans with calls there were. */
  readonly points: number;
  readonly change_points: readonly FunctionChange[];
  readonly anomalies: readonly FunctionAnomaly[];
}

export interface FunctionChange {
  readonly at_ms: number;
  readonly before_ms: number;
  readonly after_ms: number;
  /** By which share it takes longer: 0.5 is half as long again. */
  readonly change: number;
  readonly p_value: number;
}

export interface FunctionAnomaly {
  readonly at_ms: number;
  readonly value_ms: number;
  readonly expected_ms: number;
  /** In usual deviations: over 0 it took longer. */
  readonly score: number;
}

export interface FunctionsQuery {
  readonly tenantId: string;
  readonly range: TimeRange;
  readonly span: RollupSpan;
  readonly category?: ExecutionCategory;
  readonly name?: string;
}

export interface FunctionTrendsDeps {
  readonly store: Pick<TelemetryStore, "sumCalls" | "readMedians">;
  readonly analyze: (question: SeriesQuestion) => Promise<SeriesAnswer>;
  /** IANA zone of hours. */
  readonly timeZone: string;
}

/** Those that took the most time are looked at. */
const MAX_FUNCTIONS = 50;
/** Of each, the newest so many spans. */
const MAX_POINTS = 800;
/** What is usual for an hour is learned from so much before the range. */
const SEASON_MS = 21 * 86_400_000;

/** Looks at what was called, one function after the other, so that others can be asked in between. */
export function createFunctionTrends({ store, analyze, timeZone }: FunctionTrendsDeps) {
  /** The medians of hours are compared with the usual of their hour; other spans are not. */
  async function readPoints({ span, range, ...which }: FunctionsQuery): Promise<readonly NamedMedians[]> {
    const fromMs = span === "hour" ? Math.max(0, range.fromMs - SEASON_MS) : range.fromMs;
    const query: MediansQuery = { ...which, span, range: { fromMs, toMs: range.toMs }, limit: MAX_POINTS };
    return store.readMedians(query);
  }

  async function look({ category, name, points }: NamedMedians, fromMs: number, span: RollupSpan) {
    const timed = points.flatMap(({ startMs, medianMs }) => (medianMs > 0 ? [{ atMs: startMs, value: medianMs }] : []));
    const seen = await analyze({ points: timed, fromMs, timeZone: span === "hour" ? timeZone : null });
    const { changes, anomalies, lastScore: _, ...trend } = seen;
    return {
      ...{ category, name, measure: "duration" as const },
      points: timed.filter(({ atMs }) => atMs >= fromMs).length,
      ...trend,
      change_points: changes.map(({ atMs, before, after, pValue }) => {
        return { at_ms: atMs, before_ms: before, after_ms: after, change: after / before - 1, p_value: pValue };
      }),
      anomalies: anomalies.map(({ atMs, value, expected, score }) => {
        return { at_ms: atMs, value_ms: value, expected_ms: expected, score };
      }),
    };
  }

  return {
    async read(query: FunctionsQuery): Promise<{
      readonly functions: readonly FunctionTrend[];
      /** How many more were called, and not looked at. */
      readonly functions_left_out: number;
    }> {
      const { sums } = await store.sumCalls({ ...query, quantiles: [] });
      const busiest = sums.toSorted((a, b) => b.durationSumMs - a.durationSumMs).slice(0, MAX_FUNCTIONS);
      const functions: FunctionTrend[] = [];
      for (const { category, name } of busiest) {
        for (const medians of await readPoints({ ...query, category, name }))
          functions.push(await look(medians, query.range.fromMs, query.span));
      }
      return { functions, functions_left_out: sums.length - busiest.length };
    },
  };
}
