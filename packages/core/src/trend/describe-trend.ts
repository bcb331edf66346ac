import { mannKendall } from "./mann-kendall.ts";
import { type RobustLine, theilSen } from "./theil-sen.ts";

/** Where something that should be small is going. `unknown`: there is too little to tell. */
export type TrendDirection = "improving" | "steady" | "regressing" | "unknown";

/** What a series of durations does, on the whole. */
export interface TrendDescription {
  readonly trend: TrendDirection;
  /** By which share it grows a day: 0.02 is 2 %; with its 95 % interval. Null where it is unknown. */
  readonly slope_per_day: number | null;
  readonly slope_low: number | null;
  readonly slope_high: number | null;
  /** 0..1: how sure it is that there is a trend at all, 1 − p. Null where it is unknown. */
  readonly confidence: number | null;
}

/** With fewer values than this, nothing is said. */
export const LEAST_TREND_VALUES = 15;
/** A trend that chance alone makes more often is none. */
const MAX_P = 0.01;
/** What changes by less over all the time that was looked at is steady. */
const LEAST_DRIFT = Math.log(1.05);
const DAY_MS = 86_400_000;

const UNKNOWN: TrendDescription = {
  trend: "unknown",
  slope_per_day: null,
  slope_low: null,
  slope_high: null,
  confidence: null,
};

/**
 * The drift of a series: Theil–Sen says how much, Mann–Kendall (corrected for likeness to the value before) how surely.
 * It describes; for telling of changes as they happen there is the {@link StepDetector}.
 *
 * @param points in the order of time, no two at the same; values are logarithms of what should be small
 */
export function describeTrend(points: readonly { readonly atMs: number; readonly value: number }[]): TrendDescription {
  if (points.length < LEAST_TREND_VALUES) return UNKNOWN;
  const firstMs = points[0]?.atMs as number;
  const days = points.map(({ atMs }) => (atMs - firstMs) / DAY_MS);
  const values = points.map(({ value }) => value);
  const line = theilSen(days, values);
  const { pValue } = mannKendall(days, values);
  return {
    trend: directionOf(line, days.at(-1) as number, pValue),
    slope_per_day: Math.expm1(line.slope),
    slope_low: Math.expm1(line.low),
    slope_high: Math.expm1(line.high),
    confidence: 1 - pValue,
  };
}

function directionOf({ slope }: RobustLine, days: number, pValue: number): TrendDirection {
  if (pValue >= MAX_P || Math.abs(slope * days) < LEAST_DRIFT) return "steady";
  return slope > 0 ? "regressing" : "improving";
}
