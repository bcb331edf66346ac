import { createHash } from "node:crypto";
import { rounded } from "../media/words.ts";
import type { SceneSpec } from "./scenes.ts";
import type { FittedStyle } from "./styles/fit-style.ts";
import { type Treatment, treatmentKey, UNTREATED } from "./treatment.ts";

/** One clip to make: a scene in a style. */
export interface ClipPlan {
  /** The same for the same part of the same video in the same style, wherever and whenever it is made. */
  readonly clipId: string;
  readonly scene: SceneSpec;
  readonly style: FittedStyle;
  /** By the time of the scene. */
  readonly treatment: Treatment;
  readonly durationSec: number;
  /** Name of its file in the output folder. */
  readonly fileName: string;
  readonly thumbnailName: string;
}

/** Goes up when the same plan would give another clip: what was made before is then made again. */
const RECIPE_VERSION = 2;

/** The clip of a scene in a style. A style that works in another way than before makes another clip. */
export function planClip(
  sourceId: string,
  scene: SceneSpec,
  style: FittedStyle,
  treatment: Treatment = UNTREATED,
): ClipPlan {
  const { name, director } = style.processor;
  const way = `${style.isFit ? style.filters : ""}${director === undefined ? "" : ` directed ${director.version}`}`;
  const times = [scene.start_sec.toFixed(3), scene.end_sec.toFixed(3)];
  const digest = createHash("sha256")
    .update(JSON.stringify([RECIPE_VERSION, sourceId, ...times, name, way, ...treatmentKey(treatment)]))
    .digest("hex");
  const stem = `${scene.scene_id.padStart(2, "0")}-${name}-${digest.slice(0, 8)}`;
  return {
    clipId: `clip_${digest.slice(0, 16)}`,
    scene,
    style,
    treatment,
    durationSec: scene.end_sec - scene.start_sec,
    fileName: `${stem}.mp4`,
    thumbnailName: `${stem}.jpg`,
  };
}

/** Seconds of the clip for each that ffmpeg worked. */
export function speedOf(clip: ClipPlan, renderMs: number): number {
  return rounded(clip.durationSec / Math.max(0.001, renderMs / 1_000), 2);
}
