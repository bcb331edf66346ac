import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ensureDiskSpace, ensureWritableFolder, type H264Encoder, locateProgram } from "@playhead/ffmpeg";
import { createSlots, PlayheadError, type Slots } from "@playhead/sdk";
import { openSource, type Source } from "../media/source.ts";
import { readCaptions } from "./captions/read-captions.ts";
import { planClip } from "./clip-plan.ts";
import { estimateClipBytes } from "./clip-task.ts";
import type { ClipsOptions } from "./clips-options.ts";
import { findEncoder } from "./encoder-choice.ts";
import { type Manifest, openManifest } from "./manifest.ts";
import { checkScenes, parseScenes, type SceneSpec } from "./scenes.ts";
import { type FittedStyle, fitStyle } from "./styles/fit-style.ts";
import { findStyles } from "./styles/registry.ts";
import type { StyleProcessor } from "./styles/style.ts";
import { type Treatment, treatmentOf } from "./treatment.ts";

/** What is known when the job begins. */
export interface Prepared {
  readonly source: Source;
  readonly styles: readonly FittedStyle[];
  /** Nobody asked for them by name, and this machine lacks what they need. */
  readonly leftOut: readonly StyleProcessor[];
  /** Null: they are to be found. */
  readonly scenes: readonly SceneSpec[] | null;
  /** By the time of the video. */
  readonly treatment: Treatment;
  /** The one to begin with. */
  readonly encoder: H264Encoder;
  /** Absolute. */
  readonly outDir: string;
  /** The folder was not there before. */
  readonly isNewFolder: boolean;
  readonly manifest: Manifest;
  readonly slots: Slots;
}

const MAX_PARALLEL = 4;
/** What video sites play at. */
const DEFAULT_LUFS = -14;
/** What sounds can be brought to, and still be heard, and not be broken. */
const [LEAST_LUFS, MOST_LUFS] = [-36, -5];
/** Room that is left to others on the disk. */
export const DISK_MARGIN_BYTES = 64 * 1024 * 1024;

/**
 * Everything that can be refused is refused here, before there is a job, and before anything is written.
 *
 * @throws PlayheadError for a style, a video, scenes, an ffmpeg or an output folder that cannot be worked with
 */
export async function prepare(options: ClipsOptions): Promise<Prepared> {
  const wanted = findStyles(options.styles, options.extraStyles);
  const processors = options.styles === undefined ? wanted.filter((style) => missingOf(style) === null) : wanted;
  for (const style of processors) {
    const missing = missingOf(style);
    if (missing !== null) throw missing;
  }
  const slots = createSlots(options.maxParallel ?? Math.min(MAX_PARALLEL, availableParallelism()));
  const given = options.scenes === undefined ? null : parseScenes(options.scenes);
  const targetLufs = checkedLoudness(options.loudnessLufs);
  const captions = options.captions === undefined ? [] : await readCaptions(options.captions);
  await locateProgram("ffmpeg", { path: options.ffmpegPath });
  const source = await openSource(options);
  const scenes = given === null ? null : checkScenes(given, source.durationSec);
  const styles = processors.map((processor) => fitStyle(processor, source.video));
  const treatment: Treatment = { captions, targetLufs: source.info.audio.length === 0 ? null : targetLufs };
  const outDir = resolve(options.outDir);
  const manifest = await openManifest(outDir);
  const neededBytes = await missingBytes({ source, styles, scenes, manifest, treatment });
  if (neededBytes > 0) await ensureDiskSpace(outDir, neededBytes + DISK_MARGIN_BYTES);
  const encoder = await findEncoder(options);
  const isNewFolder = (await stat(outDir).catch(() => null)) === null;
  await ensureWritableFolder(outDir);
  const leftOut = wanted.filter((style) => !processors.includes(style));
  return { source, styles, leftOut, scenes, treatment, encoder, outDir, isNewFolder, manifest, slots };
}

/** What a style cannot do without here. */
const missingOf = ({ director }: StyleProcessor) => director?.missing() ?? null;

/** Bytes that the clips will take which are not there yet; where the scenes are not known, those of the whole video. */
async function missingBytes({
  source,
  styles,
  scenes,
  manifest,
  treatment,
}: Pick<Prepared, "source" | "styles" | "scenes" | "manifest" | "treatment">): Promise<number> {
  const whole: SceneSpec = { scene_id: "all", title: "all", start_sec: 0, end_sec: source.durationSec };
  const parts = scenes ?? manifest.foundScenes(source.sourceId) ?? [whole];
  const clips = parts.flatMap((scene) => {
    const treated = treatmentOf(treatment, scene);
    return styles.map((style) => planClip(source.sourceId, scene, style, treated));
  });
  const found = await Promise.all(clips.map(({ clipId }) => manifest.find(clipId)));
  return clips.reduce((sum, clip, i) => sum + (found[i] === null ? estimateClipBytes(source.video, clip) : 0), 0);
}

function checkedLoudness(lufs: number | null | undefined): number | null {
  if (lufs === undefined || lufs === null) return lufs === null ? null : DEFAULT_LUFS;
  if (lufs >= LEAST_LUFS && lufs <= MOST_LUFS) return lufs;
  throw new PlayheadError(
    "validation_error",
    `expected a loudness of ${LEAST_LUFS} to ${MOST_LUFS} LUFS, got ${String(lufs)}`,
    { hint: "choose -14 as video sites have it, -23 as broadcasters do, or none to leave it" },
  );
}
