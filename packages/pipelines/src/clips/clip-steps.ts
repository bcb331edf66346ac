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
 * The steps of a clip whose style looks at its scene first.
 * - `extracting_segment`: the scene is read for the shots that it has.
 * - `detecting_faces`: pictures of it are looked at; `face_detection_complete` says what was found.
 * - `computing_camera_path`, `camera_path_complete`: how each shot is shown, and where a camera follows.
 * - `computing_crop_windows`: the filters are known, and ffmpeg goes to where the scene begins.
 */
export const DIRECTED_CLIP_STEPS = [
  { step: "extracting_segment", weight: 18 },
  { step: "detecting_faces", weight: 24 },
  ...["face_detection_complete", "computing_camera_path", "camera_path_complete"].map(shortStep),
  { step: "computing_crop_windows", weight: 2 },
  { step: "rendering", weight: 51 },
  { step: "render_complete", weight: 4 },
] satisfies StepPlan;

/** It takes some milliseconds. */
function shortStep(step: string) {
  return { step, weight: 0.3 };
}

/**
 * What comes of it when finished clips are uploaded.
 * - `uploading`: the thumbnail and the clip are sent, and compared with what the storage has.
 * - `upload_complete`: where it lies is written into the manifest.
 */
const UPLOAD_STEPS = [
  { step: "uploading", weight: 15 },
  { step: "upload_complete", weight: 1 },
] as const satisfies StepPlan;

/** All steps that a clip will take. */
export function stepsOf({
  isDirected,
  isUploaded,
}: {
  readonly isDirected: boolean;
  readonly isUploaded: boolean;
}): StepPlan {
  return [...(isDirected ? DIRECTED_CLIP_STEPS : CLIP_STEPS), ...(isUploaded ? UPLOAD_STEPS : [])];
}
