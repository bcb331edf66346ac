import { type MediaAnalysis, shareOf } from "@playhead/ffmpeg";
import { rounded } from "../../media/words.ts";
import { ramp, saturating } from "./curves.ts";
import { lengthPart } from "./length-part.ts";
import type { ScorePart } from "./score.ts";

/** A change of so many percent of the full range a second, on average over all pixels, is half of the best. */
const HALF_MOTION = 15;
/** As is a cut every seven and a half seconds. */
const HALF_CUTS_PER_MINUTE = 8;
/** From hardly audible to what platforms play. */
const [QUIET_LUFS, LOUD_LUFS] = [-40, -16] as const;

/** What a clip's own pictures and sound say for it. */
export function mediaParts(found: MediaAnalysis): readonly ScorePart[] {
  const { durationSec, motionPercentPerSec: motion, loudness } = found;
  const cutsPerMinute = ((found.shots.length - 1) * 60) / Math.max(1, durationSec);
  const black = shareOf(found.black, durationSec);
  const silent = shareOf(found.silence, durationSec);
  const lufs = loudness?.integratedLufs ?? null;
  return [
    {
      part: "motion",
      value: saturating(motion ?? 0, HALF_MOTION),
      reason: motion === null ? "a single picture" : `the picture changes by ${rounded(motion, 1)} % a second`,
    },
    {
      part: "pace",
      value: saturating(cutsPerMinute, HALF_CUTS_PER_MINUTE),
      reason: `${rounded(cutsPerMinute, 1)} cuts a minute`,
    },
    {
      part: "loudness",
      value: lufs === null ? 0 : ramp(lufs, QUIET_LUFS, LOUD_LUFS),
      reason: loudness === null ? "no sound" : lufs === null ? "nothing to be heard" : `${rounded(lufs, 1)} LUFS`,
    },
    {
      part: "sound",
      value: loudness === null ? 0 : 1 - silent,
      reason: loudness === null ? "no sound" : `${percent(silent)} of it is silent`,
    },
    { part: "picture", value: 1 - black, reason: `${percent(black)} of it is black` },
    lengthPart(durationSec),
  ];
}

const percent = (share: number) => `${rounded(share * 100, 1)} %`;
