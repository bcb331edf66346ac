import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureDiskSpace, type FfmpegProgress, formatBytes, type RunResult, unwritable } from "@playhead/ffmpeg";
import { monitor, type TaskHandle } from "@playhead/sdk";
import { runFfmpeg } from "../media/ffmpeg-calls.ts";
import { takeThumbnail } from "../media/take-thumbnail.ts";
import { rounded, secondsWords } from "../media/words.ts";
import { announceVideo } from "./announce-video.ts";
import type { BulkRun } from "./bulk-run.ts";
import { gatherParts, type PartsStore } from "./gather-parts.ts";
import type { ItemPlan } from "./item-plan.ts";
import type { VideoEntry } from "./journal.ts";
import { DISK_MARGIN_BYTES } from "./prepare.ts";
import type { Parts } from "./render/parts.ts";
import { textScript } from "./render/text-script.ts";
import { timingOf } from "./render/timing.ts";
import { estimateVideoBytes, videoTask } from "./render/video-task.ts";
import { fillIn } from "./template/placeholders.ts";

/** What it is given are handles and plans, which the job's page shows better. */
const WITHOUT_HANDLES = { parameters: false, result: false };

/**
 * One attempt at a video. When it fails or is canceled, nothing is left of it.
 * ```
 * gathering → rendering → finishing → (the task completes)
 * ```
 */
export const renderVideo = monitor(async function renderVideo(
  task: TaskHandle,
  item: ItemPlan,
  run: BulkRun,
  store: PartsStore,
  signal: AbortSignal,
): Promise<VideoEntry> {
  const parts = await task.step("gathering", () => gatherParts(task, run, store, signal));
  const rendered = await render(task, item, run, parts, store.scratchPath, signal);
  const finishing = task.step("finishing", () => finish(task, item, run, rendered, signal));
  const entry = await finishing.catch(async (error: unknown) => {
    await removeVideo(item, run.outDir);
    throw error;
  });
  announceVideo(task, entry, run);
  tellDone(task, entry, rendered);
  return entry;
}, WITHOUT_HANDLES);

async function render(
  task: TaskHandle,
  item: ItemPlan,
  run: BulkRun,
  parts: Parts,
  scriptPath: string,
  signal: AbortSignal,
): Promise<RunResult> {
  const { template, outDir, gauges } = run;
  const { title, video } = template;
  const { titleSec, totalSec } = timingOf(template, parts.pictures.length, parts.narration?.durationSec ?? null);
  await ensureDiskSpace(outDir, estimateVideoBytes(template, totalSec) + DISK_MARGIN_BYTES);
  if (title !== undefined) {
    const words = { text: fillIn(title.text, item.row), subtitle: fillIn(title.subtitle, item.row) };
    await writeFile(scriptPath, textScript(video, title, words, titleSec)).catch((error: unknown) => {
      throw unwritable(scriptPath, error);
    });
  }
  const plan = videoTask(template, parts, title === undefined ? null : scriptPath, join(outDir, item.fileName));
  const rendering = task.step("rendering", undefined, { text: secondsWords(totalSec) });
  const running = runFfmpeg(plan, {
    ...runOptions(task, run, signal),
    includeStderr: true,
    onProgress(progress) {
      gauges.progress(item.itemId, progress);
      rendering.progress(progress.fraction ?? 0, progressDetails(progress));
    },
  });
  return running.finally(() => gauges.ended(item.itemId));
}

async function finish(
  task: TaskHandle,
  item: ItemPlan,
  run: BulkRun,
  { durationSec, sizeBytes, info, frames }: RunResult,
  signal: AbortSignal,
): Promise<VideoEntry> {
  const lengthSec = durationSec ?? item.plannedSec;
  // A video of a frame or two has no middle.
  const middleSec = frames !== null && frames < 3 ? 0 : lengthSec / 2;
  const [file, picture] = [join(run.outDir, item.fileName), join(run.outDir, item.thumbnailName)];
  const thumbnail = await takeThumbnail(task, file, middleSec, picture, runOptions(task, run, signal));
  const entry: VideoEntry = {
    item_id: item.itemId,
    row: item.row.number,
    title: item.title,
    file: item.fileName,
    thumbnail,
    duration_sec: rounded(lengthSec, 3),
    width: info?.video?.width ?? run.template.video.width,
    height: info?.video?.height ?? run.template.video.height,
    size_bytes: sizeBytes,
  };
  signal.throwIfAborted();
  await run.journal.add(entry);
  return entry;
}

/** What is not in the journal is not finished, and does not stay. */
async function removeVideo({ fileName, thumbnailName }: ItemPlan, folder: string): Promise<void> {
  for (const name of [fileName, thumbnailName]) await rm(join(folder, name), { force: true }).catch(() => undefined);
}

function tellDone(
  task: TaskHandle,
  { width, height, duration_sec, size_bytes, row }: VideoEntry,
  rendered: RunResult,
): void {
  const render_sec = rounded(rendered.activeMs / 1_000, 2);
  const speed_ratio = rounded(duration_sec / Math.max(0.001, rendered.activeMs / 1_000), 2);
  task.log.info(
    `the video of row ${row} is done: ${secondsWords(duration_sec)} in ${secondsWords(render_sec)}, ` +
      `${width} × ${height}, ${formatBytes(size_bytes)}`,
  );
  task.complete({ width, height, duration_sec, size_bytes, render_sec, speed_ratio });
}

function runOptions(task: TaskHandle, { options }: BulkRun, signal: AbortSignal) {
  const { registryDir, ffmpegPath } = options;
  return { signal, pause: task.pauseGate, registryDir, ffmpegPath };
}

/** What is known of the moment; what is not is left out, and what was said before stays. */
function progressDetails({ fps, speedRatio }: FfmpegProgress): Record<string, unknown> {
  return {
    ...(fps !== null && { fps: rounded(fps, 1) }),
    ...(speedRatio !== null && { speed_ratio: rounded(speedRatio, 2) }),
  };
}
