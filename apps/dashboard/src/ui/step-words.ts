import type { ClipStep, MergeStage } from "@playhead/core";

/** What kind of work a step is; a segment's tone. */
export type StepTone = "prepare" | "analyse" | "render" | "deliver";

interface StepLook {
  readonly word: string;
  readonly tone: StepTone;
}

/** The steps that we know, as people say them. */
const KNOWN: Readonly<Record<Exclude<ClipStep, "complete" | "failed"> | MergeStage, StepLook>> = {
  extracting_segment: { word: "Extract", tone: "prepare" },
  detecting_faces: { word: "Detect faces", tone: "analyse" },
  face_detection_complete: { word: "Faces found", tone: "analyse" },
  computing_camera_path: { word: "Camera path", tone: "analyse" },
  camera_path_complete: { word: "Path found", tone: "analyse" },
  computing_crop_windows: { word: "Crop windows", tone: "analyse" },
  rendering: { word: "Render", tone: "render" },
  render_complete: { word: "Rendered", tone: "render" },
  uploading: { word: "Upload", tone: "deliver" },
  upload_complete: { word: "Uploaded", tone: "deliver" },
  upload: { word: "Upload", tone: "prepare" },
  analysis: { word: "Analyse", tone: "analyse" },
  preparation: { word: "Prepare", tone: "prepare" },
  merging: { word: "Merge", tone: "render" },
  compression: { word: "Compress", tone: "render" },
  storage_upload: { word: "Store", tone: "deliver" },
  cleanup: { word: "Clean up", tone: "deliver" },
};

/** Words in the name of a step of the user's own that tell what kind of work it is. */
const TONE_HINTS: readonly (readonly [StepTone, RegExp])[] = [
  ["deliver", /upload|store|publish|deliver|clean/],
  ["analyse", /detect|analy|comput|measur|probe|scan|find|plan/],
  ["prepare", /extract|download|fetch|prepar|load|read/],
];

/** How a step is called, and what kind of work it is; steps of the user's own are read by their names. */
export function lookOfStep(step: string): StepLook {
  if (Object.hasOwn(KNOWN, step)) return KNOWN[step as keyof typeof KNOWN];
  const words = step.replaceAll(/[_-]+/g, " ").trim();
  const tone = TONE_HINTS.find(([, hint]) => hint.test(step))?.[0] ?? "render";
  return { word: words.charAt(0).toUpperCase() + words.slice(1), tone };
}

/** @returns whether a step only says that the one before it has ended: what follows it is waiting for the next. */
export function isMilestone(step: string): boolean {
  return step.endsWith("_complete");
}

/** A style, or any machine's word, as people read it: `center_focus` becomes `Center focus`. */
export function spell(word: string): string {
  const spaced = word.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
