import { type H264Encoder, prerollSecOf } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { rounded } from "../media/words.ts";
import { assDocument } from "./captions/ass-document.ts";
import { withCaptionsFile } from "./captions/with-captions-file.ts";
import type { ClipPlan } from "./clip-plan.ts";
import type { ClipMeans } from "./clip-task.ts";
import type { ClipsRun } from "./clips-run.ts";
import { withFallback } from "./encoder-choice.ts";
import type { EvenSound } from "./scene-loudness.ts";

/** How a clip is made, for those who look. */
export type MeansDetails = Readonly<Record<string, unknown>>;

/**
 * Gets ready what a clip takes beside its style (its captions as a file, the loudness of its sound, an encoder) and renders
 * it with that; when an encoder in hardware fails, once more with x264.
 */
export async function withClipMeans<Value>(
  task: TaskHandle,
  clip: ClipPlan,
  run: ClipsRun,
  signal: AbortSignal,
  render: (means: ClipMeans, details: MeansDetails) => Promise<Value>,
): Promise<Value> {
  const sound = await evenSound(task, clip, run, signal);
  const { length: captions } = clip.treatment.captions;
  const folders = { folder: run.outDir, registryDir: run.options.registryDir };
  return withCaptionsFile(captionsDocument(clip, run), folders, (captionsFilter) =>
    withFallback(task, run.encoders, (encoder) => {
      const means = { encoder, captionsFilter, soundFilter: sound?.filter ?? null };
      return render(means, detailsOf(encoder, captions, sound));
    }),
  );
}

/** What is to be done with the sound; null: nothing, since there is none or it is to be left. */
async function evenSound(
  task: TaskHandle,
  { scene, treatment: { targetLufs } }: ClipPlan,
  run: ClipsRun,
  signal: AbortSignal,
): Promise<EvenSound | null> {
  const [sound] = run.source.info.audio;
  if (sound === undefined || targetLufs === null) return null;
  const { registryDir, ffmpegPath } = run.options;
  return run.loudness.of(task, scene, sound, { targetLufs, signal, registryDir, ffmpegPath });
}

/** By the time at which ffmpeg begins to read, which may be before the scene. */
function captionsDocument({ scene, style, treatment }: ClipPlan, { source }: ClipsRun): string | null {
  if (treatment.captions.length === 0 || !style.isFit) return null;
  const prerollSec = prerollSecOf(source.info, scene.start_sec);
  const captions = treatment.captions.map((caption) => ({
    ...caption,
    startSec: caption.startSec + prerollSec,
    endSec: caption.endSec + prerollSec,
  }));
  return assDocument(captions, style.size);
}

function detailsOf(encoder: H264Encoder, captions: number, sound: EvenSound | null): MeansDetails {
  const isEvened = sound !== null && sound.filter !== null && sound.fromLufs !== null;
  return {
    encoder,
    ...(captions > 0 && { captions }),
    ...(isEvened && { loudness_from_lufs: rounded(sound.fromLufs, 1) }),
  };
}
