import { createStepDetector } from "@playhead/core";

/** So many values after a step was found, what it came to is the new normal. */
const NEWS = 20;

/**
 * By which share things take longer (or, negative, less long) since the last step, as long as that is news; 0 without one.
 *
 * @param costs over 0, oldest first
 */
export function lastStep(costs: readonly number[]): number {
  const detector = createStepDetector();
  let last = { shift: 0, at: Number.NEGATIVE_INFINITY };
  for (const [at, cost] of costs.entries()) {
    const found = detector.push(Math.log(cost));
    if (found !== null) last = { shift: found.shift, at };
  }
  return costs.length - last.at > NEWS ? 0 : Math.expm1(last.shift);
}
