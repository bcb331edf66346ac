import { type AudioStream, loudnessFilter, type MeasuredLoudness, prerollSecOf } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { measureLoudness } from "../media/ffmpeg-calls.ts";
import type { Source } from "../media/source.ts";
import { rounded } from "../media/words.ts";
import type { SceneSpec } from "./scenes.ts";

/** More than this would be noise that is made loud. */
const MAX_GAIN_LU = 25;

/** What is to be done with the sound of a scene. */
export interface EvenSound {
  /** Brings it to the loudness that is wanted; null: it is left as it is. */
  readonly filter: string | null;
  /** As measured; null: there is none to speak of. */
  readonly fromLufs: number | null;
}

export interface MeasureOptions {
  readonly targetLufs: number;
  readonly signal: AbortSignal;
  readonly registryDir: string;
  readonly ffmpegPath: string | undefined;
}

/** Measures each scene once, for all of its clips. */
export interface SceneLoudness {
  /** @throws PlayheadError as ffmpeg does; the next who asks has it measured again */
  of(task: TaskHandle, scene: SceneSpec, sound: AudioStream, options: MeasureOptions): Promise<EvenSound>;
}

export function createSceneLoudness(source: Source): SceneLoudness {
  const measured = new Map<string, Promise<EvenSound>>();

  async function measure(task: TaskHandle, scene: SceneSpec, sound: AudioStream, options: MeasureOptions) {
    const { targetLufs, ...others } = options;
    const input = {
      ...({ kind: "file", path: source.path, sourceDurationSec: source.durationSec } as const),
      ...{ startSec: scene.start_sec, durationSec: scene.end_sec - scene.start_sec },
      prerollSec: prerollSecOf(source.info, scene.start_sec),
    };
    const loudness = await measureLoudness(input, sound, { ...others, pause: task.pauseGate, includeStderr: true });
    const even = evenSound(loudness, targetLufs, sound);
    task.log.info(loudnessWords(scene, loudness, even, targetLufs));
    return even;
  }

  return {
    of(task, scene, sound, options) {
      const known = measured.get(scene.scene_id);
      if (known !== undefined) return known;
      const measuring = measure(task, scene, sound, options);
      measured.set(scene.scene_id, measuring);
      measuring.catch(() => measured.delete(scene.scene_id));
      return measuring;
    },
  };
}

function evenSound(loudness: MeasuredLoudness, targetLufs: number, sound: AudioStream): EvenSound {
  const { integratedLufs: fromLufs } = loudness;
  const isTooQuiet = fromLufs !== null && targetLufs - fromLufs > MAX_GAIN_LU;
  return { fromLufs, filter: isTooQuiet ? null : loudnessFilter(loudness, targetLufs, sound) };
}

function loudnessWords(
  scene: SceneSpec,
  { hasSound }: MeasuredLoudness,
  { filter, fromLufs }: EvenSound,
  targetLufs: number,
): string {
  const name = `the sound of scene ${scene.scene_id}`;
  if (!hasSound) return `scene ${scene.scene_id} has no sound`;
  if (fromLufs === null) return `${name} is silent, or too short to be measured: it is left as it is`;
  const from = `${rounded(fromLufs, 1)} LUFS`;
  if (filter === null) return `${name} is at ${from}, too quiet to be brought to ${targetLufs}: it is left as it is`;
  return `${name} is at ${from} and is brought to ${targetLufs}`;
}
