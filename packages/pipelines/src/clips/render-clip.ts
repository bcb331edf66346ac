import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureDiskSpace, type FfmpegProgress, formatBytes, type RunResult } from "@playhead/ffmpeg";
import { monitor, type StepHandle, type TaskHandle } from "@playhead/sdk";
import { runFfmpeg } from "../media/ffmpeg-calls.ts";
import { takeThumbnail } from "../media/take-thumbnail.ts";
import { rangeWords, rounded, secondsWords } from "../media/words.ts";
import { type MeansDetails, withClipMeans } from "./clip-means.ts";
import { type ClipPlan, speedOf } from "./clip-plan.ts";
import { clipTask, estimateClipBytes } from "./clip-task.ts";
import type { ClipsRun } from "./clips-run.ts";
import { directScene } from "./direct-scene.ts";
import type { ClipEntry } from "./manifest.ts";
import { DISK_MARGIN_BYTES } from "./prepare.ts";

/** Of an mp4 only its head is on the disk for a while; that is no size to tell. */
const HEADER_BYTES = 1_024;

/** A clip that is in the output folder and in the manifest. */
export interface RenderedClip {
  readonly entry: ClipEntry;
  /** How long ffmpeg worked for it, without pauses, in milliseconds; null: in an earlier run. */
  readonly renderMs: number | null;
  /** How it was made, for those who look. */
  readonly details: MeansDetails;
}

/** What it is given are handles and plans, which the job's page shows better. */
const WITHOUT_HANDLES = { parameters: false, result: false };

/**
 * One attempt at a clip. When it fails or is canceled, nothing is left of it.
 * ```
 * extracting_segment → (what a style has to find out first) → rendering → render_complete
 * ```
 */
export const renderClip = monitor(async function renderClip(
  task: TaskHandle,
  clip: ClipPlan,
  run: ClipsRun,
  signal: AbortSignal,
): Promise<RenderedClip> {
  const { rendered, details: means } = await render(task, clip, run, signal);
  const details = {
    text: `${secondsWords(rendered.durationSec ?? clip.durationSec)}, ${formatBytes(rendered.sizeBytes)}`,
    speed_ratio: speedOf(clip, rendered.activeMs),
    size_bytes: rendered.sizeBytes,
    ...means,
  };
  const finishing = task.step("render_complete", () => finish(task, clip, run, signal, rendered), details);
  const entry = await finishing.catch(async (error: unknown) => {
    await removeClip(clip, run.outDir);
    throw error;
  });
  return { entry, renderMs: rendered.activeMs, details: means };
}, WITHOUT_HANDLES);

/** Seeking to the scene shows in ffmpeg's progress: until the first picture, nothing is rendered yet. */
async function render(task: TaskHandle, clip: ClipPlan, run: ClipsRun, signal: AbortSignal): Promise<Rendering> {
  const { scene } = clip;
  const outputPath = join(run.outDir, clip.fileName);
  const text = rangeWords(scene.start_sec, scene.end_sec);
  const extracting = task.step("extracting_segment", undefined, { text });
  // A style that this video is not for fails before anything is measured for it.
  const filters = await directScene(task, clip, run, { ...runOptions(task, run, signal), signal, extracting });
  await ensureDiskSpace(run.outDir, estimateClipBytes(run.source.video, clip) + DISK_MARGIN_BYTES);
  return withClipMeans(task, clip, run, signal, async (means, details) => {
    const plan = clipTask(run.source, clip, filters, outputPath, means);
    let rendering: StepHandle | null = null;
    const running = runFfmpeg(plan, {
      ...runOptions(task, run, signal),
      includeStderr: true,
      onProgress(progress) {
        if (progress.phase === "starting") return;
        run.gauges.progress(clip.clipId, progress);
        rendering ??= task.step("rendering", undefined, { text, ...details });
        rendering.progress(progress.fraction ?? 0, progressDetails(progress));
      },
    });
    return { rendered: await running.finally(() => run.gauges.ended(clip.clipId)), details };
  });
}

interface Rendering {
  readonly rendered: RunResult;
  readonly details: MeansDetails;
}

async function finish(
  task: TaskHandle,
  clip: ClipPlan,
  run: ClipsRun,
  signal: AbortSignal,
  { durationSec, sizeBytes, info, frames, lostFrameCount }: RunResult,
): Promise<ClipEntry> {
  if (lostFrameCount > 0) task.warn(`${lostFrameCount} frames of the video are damaged and could not be decoded`);
  // A clip of a frame or two has no middle.
  const middleSec = frames !== null && frames < 3 ? 0 : clip.durationSec / 2;
  const [file, picture] = [join(run.outDir, clip.fileName), join(run.outDir, clip.thumbnailName)];
  const thumbnail = await takeThumbnail(task, file, middleSec, picture, runOptions(task, run, signal));
  const { scene, style } = clip;
  const entry: ClipEntry = {
    clip_id: clip.clipId,
    source_id: run.source.sourceId,
    scene_id: scene.scene_id,
    scene_title: scene.title,
    style: style.processor.name,
    file: clip.fileName,
    thumbnail,
    start_sec: scene.start_sec,
    duration_sec: durationSec ?? clip.durationSec,
    width: info?.video?.width ?? 0,
    height: info?.video?.height ?? 0,
    size_bytes: sizeBytes,
  };
  await run.manifest.add(entry);
  return entry;
}

/** What is not in the manifest is not finished, and does not stay. */
async function removeClip({ fileName, thumbnailName }: ClipPlan, folder: string): Promise<void> {
  for (const name of [fileName, thumbnailName]) await rm(join(folder, name), { force: true }).catch(() => undefined);
}

function runOptions(task: TaskHandle, { options }: ClipsRun, signal: AbortSignal) {
  const { registryDir, ffmpegPath } = options;
  return { signal, pause: task.pauseGate, registryDir, ffmpegPath };
}

/** What is known of the moment; what is not is left out, and what was said before stays. */
function progressDetails({ phase, fps, speedRatio, sizeBytes }: FfmpegProgress): Record<string, unknown> {
  return {
    ...(fps !== null && { fps: rounded(fps, 1) }),
    ...(speedRatio !== null && { speed_ratio: rounded(speedRatio, 2) }),
    ...(sizeBytes !== null && sizeBytes > HEADER_BYTES && { size_bytes: sizeBytes }),
    ...(phase === "finalizing" && { phase }),
  };
}
