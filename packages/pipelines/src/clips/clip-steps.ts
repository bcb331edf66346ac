import type { StepPlan } from "@playhead/sdk";

/**
 * The steps of a clip whose style needs no faces (SPEC §4), with the share of the time that they take.
 * - `extracting_segment`: ffmpeg seeks and decodes to where the scene begins, until it writes the first picture.
 * - `rendering`: the scene is cut out, brought into its style and encoded, in one go; then checked and named.
 * - `render_complete`: the thumbnail is taken, the clip written into the manifest, and both are announced.
 *
 * Then comes `complete` or `failed`, as the task ends.
 */
export const CLIP_STEPS = [
  { step: "extracting_segment", weight: 2 },
  { step: "rendering", weight: 94 },
  { step: "render_complete", weight: 4 },
] as const satisfies StepPlan;
