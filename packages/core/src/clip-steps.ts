/** The steps of a clip, in order (SPEC §4). A style that does not need a step does not report it. */
export const CLIP_STEPS = [
  "extracting_segment",
  "detecting_faces",
  "face_detection_complete",
  "computing_camera_path",
  "camera_path_complete",
  "computing_crop_windows",
  "rendering",
  "render_complete",
  "uploading",
  "upload_complete",
  "complete",
  "failed",
] as const;

/** One of {@link CLIP_STEPS}. */
export type ClipStep = (typeof CLIP_STEPS)[number];

/** The stages of a merge, in order (SPEC §4). */
export const MERGE_STAGES = [
  "upload",
  "analysis",
  "preparation",
  "merging",
  "compression",
  "storage_upload",
  "cleanup",
] as const;

/** One of {@link MERGE_STAGES}. */
export type MergeStage = (typeof MERGE_STAGES)[number];
