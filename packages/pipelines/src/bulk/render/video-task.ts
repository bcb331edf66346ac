import { type FfmpegPlan, filterValue, planTask, type TaskInput } from "@playhead/ffmpeg";
import type { Template } from "../template/template.ts";
import type { Parts } from "./parts.ts";
import { colourOf, pictureGraph } from "./picture-graph.ts";
import { soundGraph } from "./sound-graph.ts";
import { timingOf } from "./timing.ts";

const AUDIO_KBPS = 128;
/** Bits a pixel of a frame that x264 needs at our quality, at most: for the disk check, not for the encoder. */
const BITS_PER_PIXEL = 0.15;

/** Everything is drawn in RGB, and turned once into the colours that players expect of HD, and are told of. */
const TO_VIDEO =
  "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709";

/**
 * What ffmpeg has to do for a video, in one go: the title on its ground, the pictures one after the other, the sound.
 *
 * @param scriptPath the title card's text; null where there is none
 */
export function videoTask(template: Template, parts: Parts, scriptPath: string | null, outputPath: string): FfmpegPlan {
  const { video, title, images } = template;
  const { titleSec, pictureSec, totalSec } = timingOf(
    template,
    parts.pictures.length,
    parts.narration?.durationSec ?? null,
  );
  const inputs: TaskInput[] = [];
  const graph: string[] = [];
  const segments: string[] = [];
  const add = (input: TaskInput) => inputs.push(input) - 1;

  if (title !== undefined) {
    const { width, height, frame_rate, background } = video;
    const ground = `color=c=${colourOf(background)}:s=${width}x${height}:r=${frame_rate},format=gbrp`;
    const at = add({ kind: "generated", graph: ground, durationSec: titleSec });
    const text = scriptPath === null ? "" : `ass=filename=${filterValue(scriptPath)},`;
    graph.push(`[${at}:v]${text}setsar=1,fps=${frame_rate},format=gbrp[title]`);
    segments.push("[title]");
  }
  for (const { path, format } of parts.pictures) {
    if (images === undefined) break;
    const at = add({ kind: "picture", path, format, durationSec: pictureSec });
    graph.push(pictureGraph(video, images, `[${at}:v]`, `p${at}`, pictureSec));
    segments.push(`[p${at}]`);
  }
  graph.push(`${segments.join("")}concat=n=${segments.length}:v=1:a=0,${TO_VIDEO}[clip]`);

  const soundInput = (sound: Parts["music"], repeat: boolean) =>
    sound === null
      ? null
      : `[${add({ kind: "file", path: sound.path, durationSec: repeat ? totalSec : sound.durationSec, repeat })}:a:0]`;
  const sound = soundGraph(template, soundInput(parts.narration, false), soundInput(parts.music, true), totalSec);
  if (sound !== null) graph.push(sound);
  return planTask({
    inputs,
    filterGraph: graph.join(";"),
    maps: sound === null ? ["[clip]"] : ["[clip]", "[sound]"],
    video: { codec: "h264", preset: video.preset, quality: { kind: "crf", crf: video.crf } },
    audio: sound === null ? null : { codec: "aac", kbps: AUDIO_KBPS },
    output: { kind: "file", path: outputPath, format: "mp4" },
    length: { kind: "fixed", durationSec: totalSec },
  });
}

/** About how many bytes a video will have, rather too many than too few. */
export function estimateVideoBytes({ video }: Template, durationSec: number): number {
  const bitsPerSecond = video.width * video.height * video.frame_rate * BITS_PER_PIXEL + AUDIO_KBPS * 1_000;
  return Math.ceil((durationSec * bitsPerSecond) / 8);
}
