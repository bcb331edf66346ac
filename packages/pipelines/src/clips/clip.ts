import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { SceneSpec } from "./scenes.ts";
import type { StyleProcessor } from "./styles/style.ts";

/** One clip to make: a scene in a style. */
export interface ClipPlan {
  /** The same for the same part of the same video in the same style, wherever and whenever it is made. */
  readonly clipId: string;
  readonly scene: SceneSpec;
  readonly style: StyleProcessor;
  readonly durationSec: number;
  /** Name of its file in the output folder. */
  readonly fileName: string;
  readonly thumbnailName: string;
}

/** Goes up when the same plan would give another clip: what was made before is then made again. */
const RECIPE_VERSION = 1;
/** What is read of each end of a file to know it again. */
const SAMPLE_BYTES = 1024 * 1024;

/** Names a video by what is in it: its size, its first and its last megabyte. Renaming and copying change nothing. */
export async function fingerprintOf(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash("sha256").update(String(sizeBytes));
  const file = await open(path, "r");
  try {
    for (const position of [0, Math.max(0, sizeBytes - SAMPLE_BYTES)]) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** The clip of a scene in a style. */
export function planClip(fingerprint: string, scene: SceneSpec, style: StyleProcessor): ClipPlan {
  const recipe = [RECIPE_VERSION, fingerprint, scene.start_sec.toFixed(3), scene.end_sec.toFixed(3), style.name];
  const digest = createHash("sha256").update(recipe.join("|")).digest("hex");
  const stem = `${scene.scene_id.padStart(2, "0")}-${style.name}-${digest.slice(0, 8)}`;
  return {
    clipId: `clip_${digest.slice(0, 16)}`,
    scene,
    style,
    durationSec: scene.end_sec - scene.start_sec,
    fileName: `${stem}.mp4`,
    thumbnailName: `${stem}.jpg`,
  };
}
