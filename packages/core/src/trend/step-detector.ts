import { mannWhitney } from "./mann-whitney.ts";
import { medianOf } from "./median.ts";

/** A change that stays, as it was found. */
export interface FoundStep {
  /** By how much the median grew: of logarithms, ln of the ratio. */
  readonly shift: number;
  readonly pValue: number;
  /** How many values ago the change was, by the values that it was found in: at least 1. */
  readonly ago: number;
}

/** Looks at values as they come. */
export interface StepDetector {
  /** @returns the change that this value makes sure of; null for most */
  push(value: number): FoundStep | null;
}

const RECENT = 8;
const BEFORE = 42;
const MAX_P = 0.001;

/** As a logarithm: the median has to change by a tenth. */
export const LEAST_STEP = Math.log(1.1);

/**
 * Tells of a step when the last 8 values differ from the up to 42 before them: Mann–Whitney p < 0.001, and the median by
 * a tenth or more, two values running. What was before a step that was told is forgotten, so that each is told once.
 *
 * On simulated series (likeness 0.25, 4 % outliers) it gives under 0.3 false alarms in 100 values. Within 20 values it
 * finds nearly all steps of 30 % among noise of 10 %, and of 60 % among noise of 25 %; of 30 % among noise of 25 % about
 * half, and of 15 % at most a third: docs/performance.md.
 *
 * It takes logarithms of durations, or better of durations by what was expected of them.
 */
export function createStepDetector(): StepDetector {
  let values: number[] = [];
  /** The direction in which the value before this one looked like a step. */
  let looked = 0;

  return {
    push(value) {
      values.push(value);
      if (values.length > RECENT + BEFORE) values.shift();
      const seen = look(values);
      const direction = seen === null ? 0 : Math.sign(seen.shift);
      const isSure = seen !== null && direction === looked;
      looked = direction;
      if (!isSure) return null;
      const ago = ageOf(values);
      values = values.slice(-Math.max(ago, RECENT));
      looked = 0;
      return { ...seen, ago };
    },
  };
}

function look(values: readonly number[]): { readonly shift: number; readonly pValue: number } | null {
  const before = values.slice(0, -RECENT);
  if (before.length < RECENT) return null;
  const recent = values.slice(-RECENT);
  const shift = medianOf(recent) - medianOf(before);
  if (Math.abs(shift) < LEAST_STEP) return null;
  const { pValue } = mannWhitney(recent, before);
  return pValue < MAX_P ? { shift, pValue } : null;
}

/** Where between all values and the newest the rank test sees most: that many values are after the step. */
function ageOf(values: readonly number[]): number {
  let best = { ago: RECENT, pValue: Number.POSITIVE_INFINITY };
  for (let ago = RECENT / 2; ago <= Math.min(2 * RECENT, values.length - RECENT); ago++) {
    const { pValue } = mannWhitney(values.slice(-ago), values.slice(0, -ago));
    if (pValue < best.pValue) best = { ago, pValue };
  }
  return best.ago;
}
