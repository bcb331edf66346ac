import type { Frame } from "./choose-frame.ts";

/** What is to be made to fit. */
export interface SizeRequest {
  readonly maxBytes: number;
  readonly durationSec: number;
  readonly frame: Frame;
}

/** How it is to be encoded, in kilobits a second. */
export interface Rates {
  readonly videoKbps: number;
  /** 0 without sound. */
  readonly audioKbps: number;
}

/** Under these, pictures and sound are not worth having, and encoders do not follow any more. */
const MIN_VIDEO_KBPS = 8;
const MIN_AUDIO_KBPS = 24;
const MAX_AUDIO_KBPS = 128;
/** The sound's share where there is little room. */
const AUDIO_SHARE = 0.15;
/** More bits a pixel do not make it look better. */
const MAX_BITS_PER_PIXEL = 0.25;
/** Encoders come out a little over what they are told as often as under it. */
const AIM = 0.97;
/** What a container needs for each picture and each packet of sound, and to begin with. */
const BYTES_A_PICTURE = 16;
const BYTES_A_PACKET = 8;
const PACKETS_PER_SEC = 47;
const HEAD_BYTES = 2_000;

/** The rates at which a file should have at most so many bytes; the lowest there are, where that cannot be. */
export function ratesFor({ maxBytes, durationSec, frame }: SizeRequest): Rates {
  const { size, rate, channels } = frame;
  const packets = channels === 0 ? 0 : PACKETS_PER_SEC * BYTES_A_PACKET;
  const overhead = HEAD_BYTES + durationSec * (rate.perSec * BYTES_A_PICTURE + packets);
  const totalKbps = (Math.max(0, maxBytes * AIM - overhead) * 8) / 1_000 / durationSec;
  const audioKbps = channels === 0 ? 0 : Math.round(clamp(totalKbps * AUDIO_SHARE, MIN_AUDIO_KBPS, MAX_AUDIO_KBPS));
  const mostKbps = (size.width * size.height * rate.perSec * MAX_BITS_PER_PIXEL) / 1_000;
  const videoKbps = Math.floor(clamp(totalKbps - audioKbps, MIN_VIDEO_KBPS, Math.max(MIN_VIDEO_KBPS, mostKbps)));
  return { videoKbps, audioKbps };
}

/**
 * The rates to try next when a file came out too large; null when they are as low as they go.
 *
 * @param gotBytes what came out with `rates`
 */
export function lowerRates(rates: Rates, gotBytes: number, { maxBytes, durationSec }: SizeRequest): Rates | null {
  if (rates.videoKbps <= MIN_VIDEO_KBPS) return null;
  const tooMuchKbps = ((gotBytes - maxBytes * AIM) * 8) / 1_000 / durationSec;
  const audioKbps = rates.audioKbps === 0 ? 0 : Math.min(rates.audioKbps, MIN_AUDIO_KBPS * 2);
  const saved = rates.audioKbps - audioKbps;
  const videoKbps = Math.floor(Math.max(MIN_VIDEO_KBPS, rates.videoKbps - Math.max(1, tooMuchKbps - saved)));
  return { videoKbps, audioKbps };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
