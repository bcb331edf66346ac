import type { StreamParameters } from "@playhead/ffmpeg";
import { rounded, secondsWords } from "../media/words.ts";
import type { Frame } from "./choose-frame.ts";
import type { MergeOptions, MergeTarget } from "./merge-options.ts";
import { PADDING_SEC, type Part, partWords } from "./part.ts";

/** How the parts come together, and why so. */
export interface JoinDecision {
  /** `copied`: the streams are taken as they are. `normalised`: each part is encoded to one frame first. */
  readonly mode: "copied" | "normalised";
  /** One sentence without its full stop. */
  readonly reason: string;
}

/** What every player takes in an mp4. */
const COPIED_VIDEO: ReadonlySet<string> = new Set(["h264", "hevc"]);
const COPIED_SOUND: ReadonlySet<string> = new Set(["aac"]);
/** A stream may begin a picture or two after the other. */
const START_TOLERANCE_SEC = 0.1;

const NAMES: Readonly<Record<string, string>> = {
  channels: "number of channels",
  codec_name: "codec",
  pix_fmt: "pixel format",
  sample_aspect_ratio: "shape of pixels",
  field_order: "order of fields",
  r_frame_rate: "frame rate",
  time_base: "time base",
  extradata_hash: "set-up of the encoder",
};

/**
 * Whether parts can be put one after the other without encoding. A container writes down once what its streams are: where
 * anything of it differs, a copy plays wrong, or for the wrong time.
 */
export function decideJoin(
  parts: readonly Part[],
  frame: Frame,
  wanted: Pick<MergeOptions, "size" | "fps">,
): JoinDecision {
  const [first] = parts;
  const reason = first === undefined ? "there is nothing to copy" : reasonAgainst(first, parts, frame, wanted);
  if (reason !== null) return { mode: "normalised", reason };
  const what = first?.streams.map(({ parameters }) => String(parameters.codec_name)).join(" and ");
  return { mode: "copied", reason: `all ${parts.length} parts have the same streams (${what})` };
}

/** Whether the joined file has to be encoded: parts that were prepared have the quality that was asked for already. */
export function isCompressed(
  target: MergeTarget | undefined,
  { decision }: { readonly decision: JoinDecision },
): boolean {
  return target?.kind === "size" || (target?.kind === "quality" && decision.mode === "copied");
}

function reasonAgainst(
  first: Part,
  parts: readonly Part[],
  frame: Frame,
  wanted: Pick<MergeOptions, "size" | "fps">,
): string | null {
  for (const part of parts) {
    const reason = uncopied(part) ?? difference(part, first);
    if (reason !== null) return reason;
  }
  const { video } = first.source;
  if (wanted.size !== undefined && (wanted.size.width !== video.width || wanted.size.height !== video.height))
    return `the parts are ${video.width} × ${video.height}, and ${wanted.size.width} × ${wanted.size.height} is wanted`;
  const rate = video.frameRate ?? 0;
  if (wanted.fps !== undefined && Math.abs(rate - frame.rate.perSec) > 0.01)
    return `the parts have ${rounded(rate, 2)} pictures a second, and ${rounded(frame.rate.perSec, 2)} are wanted`;
  return null;
}

/** Why a part cannot be copied, whatever the others are. */
function uncopied(part: Part): string | null {
  const { streams, source, picturesEndSec, soundEndSec, sound } = part;
  const who = partWords(part);
  const [video, audio, ...others] = streams;
  if (video?.kind !== "video" || (audio !== undefined && audio.kind !== "audio") || others.length > 0)
    return `${who} has other streams than one of pictures and at most one of sound`;
  const codec = String(video.parameters.codec_name);
  if (!COPIED_VIDEO.has(codec)) return `${who} has ${codec} pictures, which not every player takes in an mp4`;
  const soundCodec = String(audio?.parameters.codec_name);
  if (audio !== undefined && !COPIED_SOUND.has(soundCodec))
    return `${who} has ${soundCodec} sound, which not every player takes in an mp4`;
  if ([video, audio].some((stream) => stream?.parameters.extradata_hash === ""))
    return `${who} does not tell how its streams were set up`;
  if (source.info.video?.rotation !== 0) return `${who} is turned by ${source.info.video?.rotation}° when it is played`;
  const lateSec = Math.max(video.startSec, audio?.startSec ?? 0);
  if (lateSec > START_TOLERANCE_SEC) return `a stream of ${who} begins ${secondsWords(lateSec)} late`;
  const apartSec = Math.abs(picturesEndSec - soundEndSec);
  if (sound !== null && apartSec > PADDING_SEC)
    return `sound and pictures of ${who} end ${secondsWords(apartSec)} apart`;
  return null;
}

function difference(part: Part, first: Part): string | null {
  if (part.streams.length !== first.streams.length) {
    const [silent, sounding] = part.streams.length < first.streams.length ? [part, first] : [first, part];
    return `${partWords(silent)} has no sound, and ${partWords(sounding)} has`;
  }
  for (const [i, stream] of part.streams.entries()) {
    const name = differing(stream, first.streams[i]);
    if (name === null) continue;
    const [got, expected] = [stream.parameters[name], first.streams[i]?.parameters[name]];
    const values = name === "extradata_hash" ? "" : `: ${got || "unknown"}, not ${expected || "unknown"}`;
    const whose = stream.kind === "audio" ? "sound" : "picture";
    return `the ${whose} of ${partWords(part)} has another ${NAMES[name] ?? name.replaceAll("_", " ")} than that of part 1${values}`;
  }
  return null;
}

function differing({ parameters }: StreamParameters, other: StreamParameters | undefined): string | null {
  return Object.keys(parameters).find((name) => parameters[name] !== other?.parameters[name]) ?? null;
}
