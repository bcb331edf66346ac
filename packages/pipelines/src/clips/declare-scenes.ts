import { detectScenes, type MediaInfo } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { type ClipPlan, planClip } from "./clip.ts";
import type { ClipsOptions } from "./clips-options.ts";
import { CLIP_STEPS } from "./make-clip.ts";
import type { Prepared } from "./prepare.ts";
import type { SceneSpec } from "./scenes.ts";

/** A scene's task and those of its clips, declared and not yet run. */
export interface SceneRow {
  readonly task: TaskHandle;
  readonly clips: readonly { readonly clip: ClipPlan; readonly task: TaskHandle }[];
}

/** Declares a scene with its clips, so that the bar knows of all the work before it begins. */
export function declareScene(making: TaskHandle, scene: SceneSpec, { styles, fingerprint }: Prepared): SceneRow {
  const durationSec = scene.end_sec - scene.start_sec;
  const task = making.create({
    kind: "scene",
    id: `scene_${scene.scene_id}`,
    title: scene.title,
    weight: durationSec,
    // It starts with its first clip, not with the list.
    steps: [],
    fields: {
      scene_id: scene.scene_id,
      scene_title: scene.title,
      style_count: styles.length,
      start_sec: scene.start_sec,
      duration_sec: durationSec,
    },
  });
  const clips = styles.map((style) => {
    const clip = planClip(fingerprint, scene, style);
    const fields = { scene_id: scene.scene_id, style: style.name, clip_id: clip.clipId };
    const clipTask = task.create({
      kind: "clip",
      id: clip.clipId,
      title: style.title,
      weight: style.cost,
      steps: CLIP_STEPS,
      fields,
    });
    return { clip, task: clipTask };
  });
  return { task, clips };
}

/** Finds the scenes of the video, as a stage of the job. */
export async function findScenes(
  finding: TaskHandle,
  options: ClipsOptions,
  info: MediaInfo,
): Promise<readonly SceneSpec[]> {
  return finding.run(async (task) => {
    const cuts = await detectScenes(options.input, info, {
      signal: task.signal,
      pause: task.pauseGate,
      registryDir: options.registryDir,
      ffmpegPath: options.ffmpegPath,
      onProgress: ({ fraction }) => task.progress(fraction ?? 0),
    });
    task.log.info(`found ${cuts.length} scenes`);
    return cuts.map(({ startSec, endSec }, index) => ({
      scene_id: String(index + 1),
      title: `Scene ${index + 1}`,
      start_sec: startSec,
      end_sec: endSec,
    }));
  });
}
