import { join } from "node:path";
import {
  ensureDiskSpace,
  type FfmpegProgress,
  type MediaInfo,
  run,
  thumbnail,
  type VideoStream,
} from "@playhead/ffmpeg";
import { PlayheadError, type StepPlan, type TaskHandle } from "@playhead/sdk";
import type { ClipPlan } from "./clip.ts";
import { clipTask, estimateClipBytes } from "./clip-task.ts";
import type { ClipEntry, Manifest } from "./manifest.ts";

/** The steps of a clip that needs no faces, with what share of the time they take. */
export const CLIP_STEPS: StepPlan = [
  { step: "extracting_segment", weight: 1 },
  { step: "rendering", weight: 96 },
  { step: "render_complete", weight: 3 },
];

/** What all clips of a run have in common. */
export interface ClipRun {
  readonly input: string;
  readonly info: MediaInfo;
  readonly video: VideoStream;
  readonly outDir: string;
  readonly manifest: Manifest;
  readonly registryDir: string;
  readonly ffmpegPath: string | undefined;
  readonly urlOf: (file: string) => string | null;
  /** Ends all clips when one finds that none can succeed. */
  readonly stop: AbortController;
}

/** Room that is left to others on the disk. */
const DISK_MARGIN_BYTES = 64 * 1024 * 1024;
const MAX_ATTEMPTS = 3;
/** Errors after which no other clip could succeed either: they end the job (SPEC §13). */
const FATAL: ReadonlySet<string> = new Set(["disk_full", "output_unwritable", "ffmpeg_missing"]);

/**
 * Makes one clip: cut, rendered, looked at, written into the manifest. A failure that may pass is tried again; one that
 * would meet every clip stops them all.
 */
export async function makeClip(clipRun: ClipRun, clip: ClipPlan, task: TaskHandle): Promise<ClipEntry> {
  for (;;) {
    if (clipRun.stop.signal.aborted) throw new PlayheadError("canceled", "canceled: no clip could succeed any more");
    try {
      return await attempt(clipRun, clip, task);
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      if (FATAL.has(error.code)) clipRun.stop.abort(error);
      if (!error.retryable || task.attempt >= MAX_ATTEMPTS) throw error;
      task.warn(`trying again: ${error.message}`);
      task.retry(error);
    }
  }
}

async function attempt(clipRun: ClipRun, clip: ClipPlan, task: TaskHandle): Promise<ClipEntry> {
  const { outDir, video } = clipRun;
  const { scene } = clip;
  await task.step(
    "extracting_segment",
    () => ensureDiskSpace(outDir, estimateClipBytes(video, clip) + DISK_MARGIN_BYTES),
    {
      text: `${seconds(scene.start_sec)} – ${seconds(scene.end_sec)} (${seconds(clip.durationSec)})`,
      start_sec: scene.start_sec,
      end_sec: scene.end_sec,
    },
  );
  const file = join(outDir, clip.fileName);
  const rendered = await task.step(
    "rendering",
    (step) =>
      run(clipTask(clipRun.input, clipRun.info, video, clip, file), {
        ...runOptions(clipRun, task),
        onProgress: (progress) => step.progress(progress.fraction ?? 0, progressDetails(progress)),
      }),
    { style: clip.style.name },
  );
  const entry = await task.step(
    "render_complete",
    async () => {
      const thumbnailName = await makeThumbnail(clipRun, clip, task, file);
      const { width, height } = clip.style.size(video);
      const made: ClipEntry = {
        clip_id: clip.clipId,
        scene_id: scene.scene_id,
        scene_title: scene.title,
        style: clip.style.name,
        file: clip.fileName,
        thumbnail: thumbnailName,
        start_sec: scene.start_sec,
        duration_sec: rendered.durationSec ?? clip.durationSec,
        width: rendered.info?.video?.width ?? width,
        height: rendered.info?.video?.height ?? height,
        size_bytes: rendered.sizeBytes,
      };
      await clipRun.manifest.add(made);
      return made;
    },
    {
      size_bytes: rendered.sizeBytes,
      duration_sec: rendered.durationSec,
      speed_ratio: clip.durationSec / Math.max(0.001, rendered.activeMs / 1_000),
    },
  );
  announce(clipRun, entry, task);
  return entry;
}

/** Tells viewers of a finished clip, and where to get it. */
export function announce(
  { outDir, urlOf }: Pick<ClipRun, "outDir" | "urlOf">,
  entry: ClipEntry,
  task: TaskHandle,
): void {
  const link = (name: string) => {
    const url = urlOf(join(outDir, name));
    return url === null ? {} : { url };
  };
  const { width, height, duration_sec } = entry;
  task.artifact({
    type: "video",
    name: entry.file,
    ...link(entry.file),
    size_bytes: entry.size_bytes,
    mime_type: "video/mp4",
    metadata: { width, height, duration_sec },
  });
  if (entry.thumbnail !== null) {
    task.artifact({ type: "thumbnail", name: entry.thumbnail, ...link(entry.thumbnail), mime_type: "image/jpeg" });
  }
}

/** A clip without its picture is still a clip: what goes wrong here is a warning. */
async function makeThumbnail(clipRun: ClipRun, clip: ClipPlan, task: TaskHandle, file: string): Promise<string | null> {
  const picture = join(clipRun.outDir, clip.thumbnailName);
  try {
    await thumbnail(file, clip.durationSec / 2, picture, runOptions(clipRun, task));
    return clip.thumbnailName;
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code === "canceled") throw error;
    task.warn(`no thumbnail: ${error.message}`);
    return null;
  }
}

function runOptions({ stop, registryDir, ffmpegPath }: ClipRun, task: TaskHandle) {
  return { signal: AbortSignal.any([task.signal, stop.signal]), pause: task.pauseGate, registryDir, ffmpegPath };
}

function progressDetails({ phase, fps, speedRatio, sizeBytes }: FfmpegProgress): Record<string, unknown> {
  return {
    phase,
    ...(fps !== null && { fps: Math.round(fps * 10) / 10 }),
    ...(speedRatio !== null && { speed_ratio: Math.round(speedRatio * 100) / 100 }),
    ...(sizeBytes !== null && { size_bytes: sizeBytes }),
  };
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
