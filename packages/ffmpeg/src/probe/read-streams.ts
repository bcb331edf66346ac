import { resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { capture } from "../system/capture.ts";
import { displayName } from "../system/display-name.ts";
import { locateProgram } from "../system/locate.ts";
import { checkInputFile } from "./input-file.ts";
import { fileUrl, guardArgs } from "./input-guard.ts";
import type { ProbeOptions } from "./probe.ts";

/** A stream of a file, as a copy of it has to agree with others. */
export interface StreamParameters {
  readonly kind: "video" | "audio" | "other";
  /** When it begins, after the file does. */
  readonly startSec: number;
  /** All that is the same in two streams which may be copied one after the other, by ffprobe's names. */
  readonly parameters: Readonly<Record<string, string>>;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/** What a decoder is set up with once, and a container writes down once. */
const PARAMETERS: Readonly<Record<"video" | "audio", readonly string[]>> = {
  video: [
    ...["codec_name", "profile", "level", "width", "height", "sample_aspect_ratio", "pix_fmt", "field_order"],
    ...[
      "color_range",
      "color_space",
      "color_transfer",
      "color_primaries",
      "r_frame_rate",
      "time_base",
      "extradata_hash",
    ],
  ],
  audio: [...["codec_name", "profile", "sample_rate", "channels", "channel_layout", "time_base", "extradata_hash"]],
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what the streams of a file are in all that matters when they are copied, in the file's order.
 *
 * @throws PlayheadError `input_missing`, `input_refused`, `input_empty`, `input_not_media`, `ffmpeg_missing`,
 * `ffmpeg_timeout` or `canceled`
 */
export async function readStreams(path: string, options: ProbeOptions = {}): Promise<readonly StreamParameters[]> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, maxPixels } = options;
  const file = path === "" ? path : resolve(path);
  await checkInputFile(file);
  const ffprobe = await locateProgram("ffprobe", { path: options.ffprobePath, besidePath: options.ffmpegPath });
  const what = ["-of", "json", "-show_format", "-show_streams", "-show_data_hash", "md5"];
  const args = ["-hide_banner", "-loglevel", "error", ...guardArgs(maxPixels), ...what, fileUrl(file)];
  const { stdout, exitCode } = await capture(ffprobe, args, { timeoutMs, signal });
  if (exitCode !== 0) {
    throw new PlayheadError(
      "input_not_media",
      `${displayName(file)} is not a video or audio file that ffmpeg can read`,
      {
        hint: "give a video file (mp4, mov, mkv, webm …)",
      },
    );
  }
  return parseStreams(JSON.parse(stdout));
}

/** Turns ffprobe's JSON into streams. */
export function parseStreams(json: unknown): readonly StreamParameters[] {
  const { format, streams } = (json ?? {}) as { readonly format?: Fields; readonly streams?: unknown };
  const fileStartSec = Number(format?.start_time) || 0;
  const list = Array.isArray(streams) ? (streams as readonly unknown[]) : [];
  return list.map((each) => {
    const stream = (each ?? {}) as Fields;
    const kind = kindOf(stream);
    const names = kind === "other" ? [] : PARAMETERS[kind];
    const told = names.map((name) => [name, String(stream[name] ?? "")] as const);
    return {
      kind,
      startSec: Math.max(0, (Number(stream.start_time) || 0) - fileStartSec),
      parameters: Object.fromEntries(told),
    };
  });
}

function kindOf({ codec_type, disposition }: Fields): StreamParameters["kind"] {
  const isPicture = (disposition as Fields | undefined)?.attached_pic === 1;
  return (codec_type === "video" && !isPicture) || codec_type === "audio" ? codec_type : "other";
}
