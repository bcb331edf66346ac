import type { StepPlan } from "@playhead/sdk";

/**
 * The steps of a video, with the share of the time that they take.
 * - `gathering`: providers make or find its parts, and these are looked at.
 * - `rendering`: ffmpeg makes the video, in one go; then it is checked and named.
 * - `finishing`: the thumbnail is taken, the video written into the journal, and both are announced.
 */
export const VIDEO_STEPS = [
  { step: "gathering", weight: 10 },
  { step: "rendering", weight: 84 },
  { step: "finishing", weight: 6 },
] as const satisfies StepPlan;
