import { existsSync } from "node:fs";
import { PlayheadError } from "@playhead/core";
import { HARDWARE_NAMES } from "../plan/hardware.ts";
import type { H264Encoder, HardwareEncoder } from "../plan/task.ts";
import { canceledError } from "../system/canceled.ts";
import { capture } from "../system/capture.ts";
import { locateProgram } from "../system/locate.ts";
import { parseParts } from "./requirements.ts";
import { runTrial } from "./trial.ts";

export interface EncodersOptions {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** For all of them together, since they are tried side by side. @defaultValue 10 000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** An encoder that this ffmpeg has, and whether it works on this machine. */
export interface EncoderTrial {
  readonly encoder: HardwareEncoder;
  /** Why it does not; null: a trial encode went well. */
  readonly fault: string | null;
}

const HARDWARE = Object.keys(HARDWARE_NAMES) as readonly HardwareEncoder[];

/**
 * Tries every hardware encoder of H.264 that ffmpeg lists, by a real encode: that one is listed says nothing, since most
 * builds have them all. The order is the one in which they are to be preferred.
 * @throws PlayheadError `ffmpeg_missing`, `ffmpeg_timeout` or `canceled`
 */
export function tryEncoders(options: EncodersOptions = {}): Promise<readonly EncoderTrial[]> {
  return tryAll(HARDWARE, options);
}

async function tryAll(
  encoders: readonly HardwareEncoder[],
  options: EncodersOptions,
): Promise<readonly EncoderTrial[]> {
  const { timeoutMs = 10_000, signal, ffmpegPath: path } = options;
  const ffmpegPath = await locateProgram("ffmpeg", { path });
  const ffprobePath = await locateProgram("ffprobe", { path: options.ffprobePath, besidePath: path });
  const { stdout } = await capture(ffmpegPath, ["-hide_banner", "-encoders"], { timeoutMs, signal });
  const listed = parseParts("encoders", stdout);
  const there = encoders.filter((encoder) => listed.has(HARDWARE_NAMES[encoder]));
  return Promise.all(
    there.map(async (encoder) => {
      try {
        await runTrial({ ffmpegPath, ffprobePath, timeoutMs, encoder, signal });
        return { encoder, fault: null };
      } catch (error) {
        if (signal?.aborted) throw canceledError(signal);
        return { encoder, fault: error instanceof PlayheadError ? error.message : String(error) };
      }
    }),
  );
}

export interface ProvenOptions extends EncodersOptions {
  /** Whether the machine may have what an encoder runs on. @defaultValue looks for the system's device files */
  readonly hasDevice?: (encoder: HardwareEncoder) => boolean;
}

/** What Linux has where there is a graphics processor, the second of Nvidia's under Windows. */
const DEVICE_FILES: Readonly<Record<Exclude<HardwareEncoder, "videotoolbox">, readonly string[]>> = {
  nvenc: ["/dev/nvidiactl", "/dev/dxg"],
  qsv: ["/dev/dri"],
  vaapi: ["/dev/dri"],
};

function isDeviceThere(encoder: HardwareEncoder): boolean {
  if (encoder === "videotoolbox") return process.platform === "darwin";
  if (process.platform !== "linux") return encoder !== "vaapi";
  return DEVICE_FILES[encoder].some((file) => existsSync(file));
}

/**
 * The encoders of H.264 that have proved here that they work, the best first; `x264` is the last, and taken on trust.
 * @throws PlayheadError as {@link tryEncoders}
 */
export async function provenEncoders({
  hasDevice = isDeviceThere,
  ...options
}: ProvenOptions = {}): Promise<readonly H264Encoder[]> {
  if (options.signal?.aborted) throw canceledError(options.signal);
  // Where there is no device there is nothing to try: most machines have none, and trials take time.
  const encoders = HARDWARE.filter(hasDevice);
  const trials = encoders.length === 0 ? [] : await tryAll(encoders, options);
  return [...trials.filter(({ fault }) => fault === null).map(({ encoder }) => encoder), "x264"];
}
