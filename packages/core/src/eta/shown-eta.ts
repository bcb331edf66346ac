import type { CalibratedForecast } from "./calibration.ts";

/** What a viewer is told of a forecast: it moves as far as the news is worth, and no further. */
export interface ShownEta {
  /** @returns what is shown from now on, low ≤ left ≤ high */
  show(activeSec: number, forecast: CalibratedForecast): CalibratedForecast;
}

const LEAST_STEP = 0.08;
/** An 80 % interval of a normal is so many standard deviations wide. */
const WIDTH_80 = 2.563;

/**
 * Follows a forecast of the finish: fast where it lies outside of what was to be expected, slowly where it trembles
 * within. What is shown stays within the interval.
 */
export function createShownEta(): ShownEta {
  let shownSec: number | null = null;
  return {
    show(activeSec, { leftSec, lowSec, highSec }) {
      const finishSec = activeSec + leftSec;
      const before = shownSec ?? finishSec;
      const sd = Math.max(0.02 * leftSec, (highSec - lowSec) / WIDTH_80);
      const surprise = sd > 0 ? (2 * Math.abs(finishSec - before)) / sd : Number.POSITIVE_INFINITY;
      const step = Math.max(LEAST_STEP, 1 - Math.exp(-surprise * surprise));
      const moved = before + step * (finishSec - before);
      shownSec = Math.min(activeSec + highSec, Math.max(activeSec + lowSec, moved));
      return { leftSec: shownSec - activeSec, lowSec, highSec };
    },
  };
}
