import { twoSidedNormalP } from "./normal-tail.ts";
import { rankShares } from "./rank-counts.ts";

/** What the test of ranks says of two samples. */
export interface RankTest {
  /** Of how many pairs the value of the first sample is the larger one; equal ones count a half. */
  readonly u: number;
  /** How likely chance alone sets two samples of the same distribution at least this far apart, in whichever direction. */
  readonly pValue: number;
  /** `exact`: all orders were counted. `normal`: approximated, with ties and the continuity correction. */
  readonly method: "exact" | "normal";
}

/** Orders are counted where the smaller sample has at most so many values, the samples so many pairs, and no two values are equal. */
const EXACT_SIZE = 8;
const EXACT_PAIRS = 400;

/**
 * The Mann–Whitney U test, two-sided: whether one of two samples tends to be larger. It takes any distribution, and
 * outliers count by their place alone.
 *
 * Mann and Whitney, On a test of whether one of two random variables is stochastically larger than the other, 1947;
 * variance with ties: Lehmann, Nonparametrics, 1975, §1.4. As `scipy.stats.mannwhitneyu`.
 *
 * @returns p = 1 where there is nothing to compare: an empty sample, or values that are all the same
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const [m, n] = [first.length, second.length];
  const { rankSum, ties } = rank(first, second);
  const u = rankSum - (m * (m + 1)) / 2;
  const least = Math.min(u, m * n - u);
  if (ties === 0 && Math.min(m, n) <= EXACT_SIZE && m * n <= EXACT_PAIRS && m * n > 0) {
    const share = rankShares(Math.min(m, n), Math.max(m, n))[least] as number;
    return { u, pValue: Math.min(1, 2 * share), method: "exact" };
  }
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)));
  const far = (m * n) / 2 - least - 0.5;
  const pValue = variance > 0 && far > 0 ? twoSidedNormalP(far / Math.sqrt(variance)) : 1;
  return { u, pValue, method: "normal" };
}

/** The sum of the ranks of the first sample among all, from 1 on; equal values share the mean of theirs. `ties` is Σ t³ − t. */
function rank(
  first: readonly number[],
  second: readonly number[],
): { readonly rankSum: number; readonly ties: number } {
  const own = Float64Array.from(first).sort();
  const other = Float64Array.from(second).sort();
  let rankSum = 0;
  let ties = 0;
  for (let i = 0, j = 0; i < own.length || j < other.length; ) {
    const value = Math.min(own[i] ?? Number.POSITIVE_INFINITY, other[j] ?? Number.POSITIVE_INFINITY);
    const [fromI, fromJ] = [i, j];
    while (i < own.length && own[i] === value) i++;
    while (j < other.length && other[j] === value) j++;
    const equal = i - fromI + j - fromJ;
    rankSum += (i - fromI) * (fromI + fromJ + (equal + 1) / 2);
    ties += equal ** 3 - equal;
  }
  return { rankSum, ties };
}
