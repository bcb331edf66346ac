import { captionsWithin } from "./captions/ass-document.ts";
import type { Caption } from "./captions/parse-captions.ts";
import type { SceneSpec } from "./scenes.ts";

/** What is done to clips whatever their style. */
export interface Treatment {
  /** Burnt into the picture; by the time of the video, or of the scene. */
  readonly captions: readonly Caption[];
  /** To which loudness the sound is brought; null: it is left. */
  readonly targetLufs: number | null;
}

/** Nothing is done. */
export const UNTREATED: Treatment = { captions: [], targetLufs: null };

/** The part of it that concerns a scene. */
export function treatmentOf({ captions, targetLufs }: Treatment, scene: SceneSpec): Treatment {
  return { targetLufs, captions: captionsWithin(captions, scene.start_sec, scene.end_sec) };
}

/** The same for what gives the same clip; nothing where there is nothing to do. */
export function treatmentKey({ captions, targetLufs }: Treatment): readonly unknown[] {
  if (captions.length === 0 && targetLufs === null) return [];
  return [
    targetLufs,
    captions.map(({ startSec, endSec, lines }) => [startSec.toFixed(3), endSec.toFixed(3), ...lines]),
  ];
}
