export type { ClipsOptions } from "./clips/clips-options.ts";
export type { Box, Face, Look, SceneFaces, Shot } from "./clips/faces/face.ts";
export type { ClipEntry } from "./clips/manifest.ts";
export { type ClipsResult, runClips, runClipsIn } from "./clips/run-clips.ts";
export { parseScenes, type SceneSpec } from "./clips/scenes.ts";
export { STYLES } from "./clips/styles/registry.ts";
export type { SceneDirector, SceneScout, StyleProcessor } from "./clips/styles/style.ts";
export { inputSchemaOf, type JobKind, type KindWork, parseInput, type WorkPlace } from "./job-kind.ts";
export { JOB_KINDS } from "./job-kinds.ts";
