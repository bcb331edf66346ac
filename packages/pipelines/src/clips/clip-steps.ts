import type { StepPlan } from "@playhead/sdk";

/**
 * The steps of a clip whose style needs no faces (SPEC §4), with the share of the time that they take.
 * - `extracting_segment`: the sound of the scene is measured, if it is to be brought to a loudness; then ffmpeg seeks and
 *   decodes to where the scene begins, until it writes the first picture.
 * - `rendering`: the scene is cut out, brought into its style and encoded, in one go; then checked and named.
 * - `render_complete`: the thumbnail is taken, the clip written into the manifest.
 *
 * Then comes `complete` or `failed`, as the task ends.
 */
export const CLIP_STEPS = [
  { step: "extracting_segment", weight: 2 },
  { step: "rendering", weight: 94 },
  { step: "render_complete", weight: 4 },
] as const satisfies StepPlan;

/**
 * What comes of it when finished clips are uploaded.
 * - `uploading`: the thumbnail and the clip are sent, and compared with what the storage has.
 * - `upload_complete`: where it lies is written into the manifest.
 */
export const UPLOAD_STEPS = [
  { step: "uploading", weight: 15 },
  { step: "upload_complete", weight: 1 },
] as const satisfies StepPlan;

/** All steps that a clip will take. */
export function stepsOf(isUploaded: boolean): StepPlan {
  return isUploaded ? [...CLIP_STEPS, ...UPLOAD_STEPS] : CLIP_STEPS;
}
