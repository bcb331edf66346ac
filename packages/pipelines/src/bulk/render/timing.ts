import type { Template } from "../template/template.ts";

/** How long what stands, in whole frames. */
export interface Timing {
  readonly titleSec: number;
  /** Each picture. */
  readonly pictureSec: number;
  readonly totalSec: number;
}

/** After the last word. */
const TAIL_SEC = 0.3;

/**
 * How long a video is: as long as the template says, or as its narration is; then its pictures stand longer, or where
 * there are none, its title.
 */
export function timingOf(
  { title, images, video }: Pick<Template, "title" | "images" | "video">,
  pictures: number,
  narrationSec: number | null,
): Timing {
  const whole = (sec: number) => Math.max(1, Math.ceil(sec * video.frame_rate - 1e-6)) / video.frame_rate;
  const spokenSec = narrationSec === null ? 0 : narrationSec + TAIL_SEC;
  const titleSec = title === undefined ? 0 : whole(title.duration_sec);
  if (pictures === 0) {
    const onlySec = Math.max(titleSec, whole(spokenSec));
    return { titleSec: onlySec, pictureSec: 0, totalSec: onlySec };
  }
  const pictureSec = whole(Math.max(images?.duration_sec ?? 0, (spokenSec - titleSec) / pictures));
  return { titleSec, pictureSec, totalSec: titleSec + pictures * pictureSec };
}
