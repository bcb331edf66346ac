import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureDiskSpace, type FfmpegProgress, formatBytes, type RunResult } from "@playhead/ffmpeg";
import { monitor, type StepHandle, type TaskHandle } from "@playhead/sdk";
import { runFfmpeg } from "../media/ffmpeg-calls.ts";
import { rangeWords, rounded, secondsWords } from "../media/words.ts";
import { announceClip } from "./announce-clip.ts";
import type { ClipPlan } from "./clip-plan.ts";
import { clipTask, estimateClipBytes } from "./clip-task.ts";
import type { ClipsRun } from "./clips-run.ts";
import { directScene } from "./direct-scene.ts";
import type { ClipEntry } from "./manifest.ts";
import { DISK_MARGIN_BYTES } from "./prepare.ts";
import { takeThumbnail } from "./take-thumbnail.ts";
import type { MadeClip } from "./tally.ts";

/** Of an mp4 only its head is on the disk for a while; that is no size to tell. */
const HEADER_BYTES = 1_024;

/** What it is given are handles and plans, which the job's page shows better. */
const WITHOUT_HANDLES = { parameters: false, result: false };

/**
 * One attempt at a clip. When it fails or is canceled, nothing is left of it.
 * ```
 * extracting_segment → (what a style has to find out first) → rendering → render_complete → (the task completes)
 * ```
 */
export const renderClip = monitor(async function renderClip(
  task: TaskHandle,
  clip: ClipPlan,
  run: ClipsRun,
  signal: AbortSignal,
): Promise<MadeClip> {
  const rendered = await render(task, clip, run, signal);
  const speedRatio = clip.durationSec / Math.max(0.001, rendered.activeMs / 1_000);
  const details = {
    text: `${secondsWords(rendered.durationSec ?? clip.durationSec)}, ${formatBytes(rendered.sizeBytes)}`,
    speed_ratio: rounded(speedRatio, 2),
    size_bytes: rendered.sizeBytes,
  };
  const finishing = task.step("render_complete", () => finish(task, clip, run, signal, rendered), details);
  const entry = await finishing.catch(async (error: unknown) => {
    await removeClip(clip, run.outDir);
    throw error;
  });
  announceClip(task, entry, run);
  tellDone(task, clip, entry, rendered, speedRatio);
  return { clip, entry, renderMs: rendered.activeMs };
}, WITHOUT_HANDLES);

/** Seeking to the scene shows in ffmpeg's progress: until the first picture, nothing is rendered yet. */
async function render(task: TaskHandle, clip: ClipPlan, run: ClipsRun, signal: AbortSignal): Promise<RunResult> {
  const { scene } = clip;
  const text = rangeWords(scene.start_sec, scene.end_sec);
  const extracting = task.step("extracting_segment", undefined, { text });
  const filters = await directScene(task, clip, run, { ...runOptions(task, run, signal), signal, extracting });
  const plan = clipTask(run.source, clip, filters, join(run.outDir, clip.fileName));
  await ensureDiskSpace(run.outDir, estimateClipBytes(run.source.video, clip) + DISK_MARGIN_BYTES);
  let rendering: StepHandle | null = null;
  const running = runFfmpeg(plan, {
    ...runOptions(task, run, signal),
    includeStderr: true,
    onProgress(progress) {
      if (progress.phase === "starting") return;
      run.gauges.progress(clip.clipId, progress);
      rendering ??= task.step("rendering", undefined, { text });
      rendering.progress(progress.fraction ?? 0, progressDetails(progress));
    },
  });
  return running.finally(() => run.gauges.ended(clip.clipId));
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
  const thumbnail = await takeThumbnail(task, clip, middleSec, run.outDir, runOptions(task, run, signal));
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

function tellDone(task: TaskHandle, clip: ClipPlan, entry: ClipEntry, rendered: RunResult, speedRatio: number): void {
  const { width, height, size_bytes, duration_sec } = entry;
  const render_sec = rounded(rendered.activeMs / 1_000, 2);
  const speed_ratio = rounded(speedRatio, 2);
  task.log.info(
    `${clip.style.processor.title} of scene ${clip.scene.scene_id} is done: ${secondsWords(duration_sec)} in ` +
      `${secondsWords(render_sec)}, ${width} × ${height}, ${formatBytes(size_bytes)}`,
  );
  task.complete({ width, height, duration_sec, size_bytes, render_sec, speed_ratio });
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
