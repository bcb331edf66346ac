import type { SceneCut } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { detectScenes } from "../media/ffmpeg-calls.ts";
import { logFailure } from "../media/log-failure.ts";
import { withRetries } from "../media/with-retries.ts";
import { counted, secondsWords } from "../media/words.ts";
import { type ClipsRun, foldersOf } from "./clips-run.ts";
import type { SceneSpec } from "./scenes.ts";

/** Finds the scenes of the video as a stage of the job, or takes those that an earlier run has found in it. */
export async function findScenes(finding: TaskHandle, run: ClipsRun): Promise<readonly SceneSpec[]> {
  const { source, manifest } = run;
  const known = manifest.foundScenes(source.sourceId);
  if (known !== null) {
    finding.skip("found in an earlier run");
    finding.log.info(`took the ${counted(known.length, "scene")} that an earlier run has found`);
    return known;
  }
  return finding.run(async (task) => {
    const cuts = await withRetries(task, task.signal, () => detect(task, run)).catch((error: unknown) => {
      if (!task.signal.aborted) logFailure(task, "looking for scenes", error, foldersOf(run));
      throw error;
    });
    const scenes = cuts.map(({ startSec, endSec }, index) => ({
      scene_id: String(index + 1),
      title: `Scene ${index + 1}`,
      start_sec: startSec,
      end_sec: endSec,
    }));
    const { name, sourceId, durationSec } = source;
    manifest.keepScenes({ source_id: sourceId, name, duration_sec: durationSec, found_scenes: scenes });
    task.log.info(`found ${counted(scenes.length, "scene")} in ${secondsWords(durationSec)}`);
    return scenes;
  });
}

function detect(task: TaskHandle, { source, options }: ClipsRun): Promise<readonly SceneCut[]> {
  return detectScenes(source.path, source.info, {
    signal: task.signal,
    pause: task.pauseGate,
    registryDir: options.registryDir,
    ffmpegPath: options.ffmpegPath,
    includeStderr: true,
    onProgress: ({ fraction }) => task.progress(fraction ?? 0),
  });
}
