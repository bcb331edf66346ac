import type { AudioStream } from "../probe/media-info.ts";
import type { MeasuredLoudness } from "./loudness-reader.ts";

/** True peaks stay this far under full scale: lossy encoders overshoot. */
const MAX_TRUE_PEAK_DB = -1.5;
/** What `loudnorm` takes. */
const [LEAST_RANGE_LU, MOST_RANGE_LU] = [11, 20];

/**
 * The second pass of `loudnorm`: brings a sound that was measured to a loudness. The same gain all over, where that
 * leaves the peaks under full scale; else it rides the gain. Null where there is nothing to bring there.
 *
 * @param targetLufs -36 to -5
 */
export function loudnessFilter(
  measured: MeasuredLoudness,
  targetLufs: number,
  { channels, sampleRate }: Pick<AudioStream, "channels" | "sampleRate">,
): string | null {
  const { integratedLufs, truePeakDb, rangeLu } = measured;
  if (integratedLufs === null || truePeakDb === null) return null;
  // Zero would mean that it was not measured.
  const range = Math.min(MOST_RANGE_LU, Math.max(0.1, rangeLu));
  const settings = {
    I: targetLufs,
    TP: MAX_TRUE_PEAK_DB,
    LRA: Math.max(LEAST_RANGE_LU, range),
    measured_I: integratedLufs,
    measured_TP: truePeakDb,
    measured_LRA: range,
    // The gate is 10 LU under what passes it.
    measured_thresh: Math.max(-69, integratedLufs - 10),
    linear: "true",
  };
  const words = Object.entries(settings).map(
    ([name, value]) => `${name}=${typeof value === "number" ? Number(value.toFixed(2)) : value}`,
  );
  return [
    plainLayout(channels),
    `loudnorm=${words.join(":")}`,
    // Where it rides the gain it works at 192 kHz.
    `${plainLayout(channels)}:sample_rates=${sampleRate > 0 ? sampleRate : 48_000}`,
  ].join(",");
}

/** One channel or two, said outright: some files do not tell how theirs are meant, and filters then do not agree. */
export function plainLayout(channels: number): string {
  return `aformat=channel_layouts=${channels === 1 ? "mono" : "stereo"}`;
}
