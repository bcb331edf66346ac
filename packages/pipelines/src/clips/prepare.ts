import { basename, resolve } from "node:path";
import { ensureDiskSpace, ensureWritableFolder, type MediaInfo, probe, type VideoStream } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import { type ClipPlan, fingerprintOf, planClip } from "./clip.ts";
import { estimateClipBytes } from "./clip-task.ts";
import type { ClipsOptions } from "./clips-options.ts";
import { type Manifest, openManifest } from "./manifest.ts";
import { checkScenes, type SceneSpec } from "./scenes.ts";
import { findStyles, STYLES } from "./styles/registry.ts";
import type { StyleProcessor } from "./styles/style.ts";

/** What is known when the job begins. */
export interface Prepared {
  readonly info: MediaInfo;
  readonly video: VideoStream;
  readonly durationSec: number;
  readonly styles: readonly StyleProcessor[];
  /** Null: they are to be found. */
  readonly scenes: readonly SceneSpec[] | null;
  readonly fingerprint: string;
  readonly manifest: Manifest;
}

/**
 * Everything that can be refused is refused here, before there is a job.
 *
 * @throws PlayheadError for a style, a video, scenes or an output folder that cannot be worked with
 */
export async function prepare(options: ClipsOptions): Promise<Prepared> {
  const { outDir } = options;
  const styles = findStyles(options.styles ?? STYLES.map(({ name }) => name), [
    ...STYLES,
    ...(options.extraStyles ?? []),
  ]);
  if (styles.length === 0)
    throw new PlayheadError("style_unknown", "no style was chosen", { hint: "leave styles out for all" });
  const info = await probe(options.input, { requireVideo: true, ...(options.signal && { signal: options.signal }) });
  const { video } = info;
  const durationSec = video?.durationSec ?? info.durationSec;
  if (video === null || durationSec === null) {
    throw new PlayheadError("input_not_media", `${basename(options.input)} does not say how long it is`, {
      hint: "bring it into an mp4 file first, for example with ffmpeg -i IN -c copy OUT.mp4",
    });
  }
  const scenes = options.scenes === undefined ? null : checkScenes(options.scenes, durationSec);
  await ensureWritableFolder(outDir);
  const whole: SceneSpec = { scene_id: "all", title: "all", start_sec: 0, end_sec: durationSec };
  const parts = scenes ?? [whole];
  const fingerprint = await fingerprintOf(resolve(options.input), info.sizeBytes);
  const manifest = await openManifest(outDir);
  const clips = parts.flatMap((scene) => styles.map((style) => planClip(fingerprint, scene, style)));
  const missing = scenes === null ? clips : await keepMissing(clips, manifest);
  await ensureDiskSpace(
    outDir,
    missing.reduce((sum, clip) => sum + estimateClipBytes(video, clip), 0),
  );
  return { info, video, durationSec, styles, scenes, fingerprint, manifest };
}

async function keepMissing(clips: readonly ClipPlan[], manifest: Manifest): Promise<readonly ClipPlan[]> {
  const found = await Promise.all(clips.map((clip) => manifest.find(clip.clipId)));
  return clips.filter((_, index) => found[index] === null);
}
