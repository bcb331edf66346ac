import { bestSplit, distancesOf, splitP } from "./e-divisive.ts";
import { medianOf } from "./median.ts";
import { LEAST_STEP } from "./step-detector.ts";

/** Where values change for good. */
export interface ChangePoint {
  /** The place of the first value after it. */
  readonly at: number;
  /** Medians of the values between the change points before and after it. */
  readonly before: number;
  readonly after: number;
  /** How likely the same values in another order split as well as this. */
  readonly pValue: number;
}

/** Changes are looked for among so many values at a time; the next so many overlap them by half. */
const WINDOW = 50;
const MAX_P = 0.001;
/** On either side of a change there are at least so many values. */
const MIN_SIDE = 5;

/**
 * Where a series changes: E-divisive in windows of 50 values (as Apache Otava, formerly Hunter, does), divided again and
 * again as long as a split is better than 999 of 1,000 orders of the same values; of what is found only what changes
 * the median by a tenth or more. To show where something happened, not to raise an alarm whenever a value comes: for
 * that it is ten times as noisy as a {@link StepDetector}.
 *
 * @param values logarithms
 * @param random 0 ≤ … < 1: shuffles
 * @returns in the order of time
 */
export function findChangePoints(values: readonly number[], random: () => number): readonly ChangePoint[] {
  const found = new Map<number, number>();
  for (let from = 0; from === 0 || from + WINDOW / 2 < values.length; from += WINDOW / 2)
    divide(values, from, Math.min(values.length, from + WINDOW), random, (at, pValue) => {
      found.set(at, Math.min(pValue, found.get(at) ?? 1));
    });
  return mended(values, found);
}

function divide(
  values: readonly number[],
  from: number,
  to: number,
  random: () => number,
  tell: (at: number, pValue: number) => void,
): void {
  if (to - from < 2 * MIN_SIDE) return;
  const distances = distancesOf(values.slice(from, to));
  const split = bestSplit(distances, MIN_SIDE);
  const pValue = splitP(distances, MIN_SIDE, split.divergence, random, MAX_P);
  if (pValue === null) return;
  tell(from + split.at, pValue);
  divide(values, from, from + split.at, random, tell);
  divide(values, from + split.at, to, random, tell);
}

/** Two windows may see one change at two places; and between others a change may turn out to be none. */
function mended(values: readonly number[], found: ReadonlyMap<number, number>): readonly ChangePoint[] {
  let points = [...found.keys()].sort((a, b) => a - b);
  for (;;) {
    const sides = points.map((at, i) => {
      const before = medianOf(values.slice(points[i - 1] ?? 0, at));
      const after = medianOf(values.slice(at, points[i + 1] ?? values.length));
      const isClose = Math.min(at - (points[i - 1] ?? 0), (points[i + 1] ?? values.length) - at) < MIN_SIDE;
      return { at, before, after, pValue: found.get(at) as number, isClose };
    });
    const sizeOf = ({ before, after }: { before: number; after: number }) => Math.abs(after - before);
    const [weakest] = sides
      .filter((each) => each.isClose || sizeOf(each) < LEAST_STEP)
      .sort((a, b) => sizeOf(a) - sizeOf(b));
    if (weakest === undefined) return sides.map(({ isClose: _, ...point }) => point);
    points = points.filter((at) => at !== weakest.at);
  }
}
