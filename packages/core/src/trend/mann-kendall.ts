import { twoSidedNormalP } from "./normal-tail.ts";
import { scoreVariance, theilSen, tieSizes } from "./theil-sen.ts";

/** Whether values rise or fall over time. */
export interface TrendTest {
  /** How many pairs rise, less how many fall. */
  readonly score: number;
  /** Of the score, as if values were independent; ties are taken into account. */
  readonly variance: number;
  /** How many times as large the variance is, since each value is like the one before: at least 1. */
  readonly inflation: number;
  /** How likely values without a trend have a score at least this far from 0. */
  readonly pValue: number;
}

/**
 * The Mann–Kendall test, two-sided, with the continuity correction; its variance is corrected for values that are like
 * the ones before (AR(1)), as durations on one machine are.
 *
 * Mann 1945; Kendall 1970. The correction: Yue and Wang, The Mann–Kendall test modified by effective sample size, 2004,
 * on what is left without the Theil–Sen line, as Hamed (2009) recommends. Values that swing are not told to be surer.
 *
 * @param times in their order, no two the same
 */
export function mannKendall(times: readonly number[], values: readonly number[]): TrendTest {
  let score = 0;
  for (let i = 1; i < values.length; i++)
    for (let j = 0; j < i; j++) score += Math.sign((values[i] as number) - (values[j] as number));
  const variance = scoreVariance(values.length, [tieSizes(values)]);
  const inflation = sampleInflation(likenessOf(withoutLine(times, values)), values.length);
  const far = Math.max(0, Math.abs(score) - 1);
  const pValue = variance > 0 ? twoSidedNormalP(far / Math.sqrt(variance * inflation)) : 1;
  return { score, variance, inflation, pValue };
}

/** What is left of values without their Theil–Sen line: not the errors of rounding where that is nothing. */
function withoutLine(times: readonly number[], values: readonly number[]): readonly number[] {
  const { slope, intercept } = theilSen(times, values);
  const grain = 1e-9 * Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  return values.map((value, at) => Math.round((value - intercept - slope * (times[at] as number)) / grain));
}

/** How like each value is to the one before: the autocorrelation at lag 1, from -1 to 1. */
function likenessOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [squares, products] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] as number) - mean;
    squares += off * off;
    if (i > 0) products += off * ((values[i - 1] as number) - mean);
  }
  return squares === 0 ? 0 : products / squares;
}

/**
 * Of n values of an AR(1) process with likeness ρ > 0, how many stand for one that is independent:
 * n / n* = 1 + 2 Σ (1 − k / n) ρ^k, k = 1 … n − 1 (Bayley and Hammersley 1946); 1 for ρ ≤ 0.
 */
export function sampleInflation(likeness: number, n: number): number {
  if (!(likeness > 0)) return 1;
  const rho = Math.min(likeness, 0.99);
  return 1 + (2 * (rho ** (n + 1) - n * rho ** 2 + (n - 1) * rho)) / (n * (rho - 1) ** 2);
}
