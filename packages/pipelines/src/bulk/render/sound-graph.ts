import type { Template } from "../template/template.ts";

/** One format for all that is mixed. */
const COMMON = "aresample=44100,aformat=sample_fmts=fltp:channel_layouts=stereo";
const FADE_SEC = 1;
/** The music steps back within a moment as somebody speaks, and comes back slowly. */
const DUCKING = "sidechaincompress=threshold=0.03:ratio=8:attack=40:release=500";

/**
 * The filters that mix narration and music, as long as the video is.
 *
 * @param narration,music labels of inputs, such as `[3:a:0]`; null where there is none
 * @returns null when there is no sound; else its label is `[sound]`
 */
export function soundGraph(
  template: Pick<Template, "narration" | "music">,
  narration: string | null,
  music: string | null,
  totalSec: number,
): string | null {
  const whole = `apad,atrim=duration=${sec(totalSec)},asetpts=N/SR/TB`;
  const voice = `${narration}${COMMON},volume=${template.narration?.volume ?? 1},${whole}`;
  const fadeSec = Math.min(FADE_SEC, totalSec / 2);
  const fade = `afade=t=out:st=${sec(totalSec - fadeSec)}:d=${sec(fadeSec)}`;
  const song = `${music}${COMMON},volume=${template.music?.volume ?? 1},${whole},${fade}`;
  if (narration === null) return music === null ? null : `${song}[sound]`;
  if (music === null) return `${voice}[sound]`;
  const mix = "amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.97";
  if (template.music?.duck !== true) return `${voice}[voice];${song}[song];[voice][song]${mix}[sound]`;
  return `${voice},asplit[voice][key];${song}[song];[song][key]${DUCKING}[low];[voice][low]${mix}[sound]`;
}

/** Never `1e-7`, which ffmpeg does not read. */
const sec = (value: number) => String(Number(value.toFixed(6)));
