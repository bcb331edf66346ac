import type { JobSummary, ToldForecast } from "@playhead/core";

/** A forecast is of the start when it came within this share of the time that it foretold, or within so much time. */
const START_SHARE = 0.05;
const START_MS = 2_000;

/**
 * How long a job was expected to take when it began: by the first that was said of its finish.
 *
 * @param told oldest first
 * @returns null where nothing was said before it was well under way
 */
export function expectedAtStart(
  { started_at }: Pick<JobSummary, "started_at">,
  told: readonly ToldForecast[],
): number | null {
  const [first] = told;
  if (first === undefined || started_at === null) return null;
  const startedMs = Date.parse(started_at);
  const expectedMs = first.ms - startedMs;
  const isOfStart = first.at_ms - startedMs <= Math.max(START_MS, START_SHARE * expectedMs);
  return isOfStart && expectedMs > 0 ? expectedMs : null;
}
