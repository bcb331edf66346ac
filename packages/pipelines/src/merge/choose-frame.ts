import { evenSize, type FrameSize } from "@playhead/ffmpeg";
import type { MergeOptions } from "./merge-options.ts";
import type { Part } from "./part.ts";

/** Pictures a second, as ffmpeg takes it without rounding: `30000/1001`. */
export interface FrameRate {
  readonly text: string;
  readonly perSec: number;
}

/** What all parts are brought to. */
export interface Frame {
  readonly size: FrameSize;
  readonly rate: FrameRate;
  /** Of the sound; 0 where no part has any. */
  readonly channels: 0 | 1 | 2;
}

/** So much of the whole time may lose pixels, or pictures, for the sake of a few large or fast parts. */
const MAX_LOSING_SHARE = 0.25;
/** Rates that cameras and editors know; a varying one goes up to the next. */
const RATES: readonly string[] = [
  ...["1", "2", "5", "10", "12", "15", "20", "24000/1001", "24", "25", "30000/1001", "30", "48", "50"],
  ...["60000/1001", "60"],
];
/** A measured rate is one of these when it is as near. */
const RATE_TOLERANCE = 0.005;
const MIN_SIDE = 16;

/**
 * The size and rate of the result. Of the orientation (upright or not) that most of the time has, the smallest size and
 * rate at which at most a quarter of the time loses anything: neither a short large part nor a short small one decides.
 */
export function chooseFrame(parts: readonly Part[], { size, fps }: Pick<MergeOptions, "size" | "fps">): Frame {
  const channels = Math.max(0, ...parts.map(({ sound }) => Math.min(2, sound?.channels ?? 0))) as Frame["channels"];
  return {
    size: size ?? chooseSize(parts),
    rate: fps === undefined ? chooseRate(parts) : rateOf(fps),
    channels,
  };
}

function chooseSize(parts: readonly Part[]): FrameSize {
  const isUpright = ({ source: { video } }: Part) => video.height > video.width;
  const uprightSec = totalSec(parts.filter(isUpright));
  const wantsUpright = uprightSec > totalSec(parts) / 2;
  const leading = parts.filter((part) => isUpright(part) === wantsUpright);
  const pixels = ({ source: { video } }: Part) => video.width * video.height;
  const chosen = mostlyEnough(leading, pixels);
  if (chosen === null) return { width: MIN_SIDE, height: MIN_SIDE };
  const { width, height } = chosen.source.video;
  return evenSize({ width: Math.max(MIN_SIDE, width), height: Math.max(MIN_SIDE, height) });
}

function chooseRate(parts: readonly Part[]): FrameRate {
  const perSec = (part: Part) => usualRate(part.source.video.frameRate ?? 25).perSec;
  const chosen = mostlyEnough(parts, perSec);
  return usualRate(chosen === null ? 25 : perSec(chosen));
}

/** The part with the smallest value at which at most a quarter of the time is in parts that have more. */
function mostlyEnough(parts: readonly Part[], measure: (part: Part) => number): Part | null {
  const maxLosingSec = totalSec(parts) * MAX_LOSING_SHARE;
  const sorted = parts.toSorted((a, b) => measure(a) - measure(b));
  return sorted.find((each) => totalSec(parts.filter((part) => measure(part) > measure(each))) <= maxLosingSec) ?? null;
}

function totalSec(parts: readonly Part[]): number {
  return parts.reduce((sum, { durationSec }) => sum + durationSec, 0);
}

/** The rate that was meant, or the next higher one. */
export function usualRate(measured: number): FrameRate {
  const rates = RATES.map(rateText);
  const near = rates.find(({ perSec }) => Math.abs(perSec - measured) / perSec < RATE_TOLERANCE / 10);
  const meant = near ?? rates.find(({ perSec }) => perSec * (1 + RATE_TOLERANCE) >= measured);
  return meant ?? rateText("60");
}

/** A rate that somebody asks for: 29.97 means the one of television. */
function rateOf(fps: number): FrameRate {
  const known = RATES.map(rateText).find(({ perSec }) => Math.abs(perSec - fps) < 0.01);
  return known ?? rateText(`${Math.round(fps * 1_000)}/1000`);
}

function rateText(text: string): FrameRate {
  const [frames = 0, seconds = 1] = text.split("/").map(Number);
  return { text, perSec: frames / seconds };
}

/** A frame for people: `1280 × 720, 25 a second`. */
export function frameWords({ size, rate }: Frame): string {
  return `${size.width} × ${size.height}, ${Number(rate.perSec.toFixed(2))} a second`;
}
