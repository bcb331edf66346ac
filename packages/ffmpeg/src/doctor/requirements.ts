/** Lists that ffmpeg prints of its own parts, by the option that prints them. */
export type PartKind = "encoders" | "decoders" | "filters" | "muxers" | "demuxers" | "protocols";

/** A part of ffmpeg that we use. */
export interface Requirement {
  readonly kind: PartKind;
  readonly name: string;
  /** What does not work without it. */
  readonly purpose: string;
  /** Whether all else works without it. @defaultValue false */
  readonly isOptional?: boolean;
}

const need = (kind: PartKind, purpose: string, ...names: readonly string[]): readonly Requirement[] =>
  names.map((name) => ({ kind, name, purpose }));

/** All that Playhead asks of an ffmpeg. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...need("encoders", "writing clips", "libx264", "aac"),
  ...need("encoders", "thumbnails", "mjpeg"),
  ...need("decoders", "reading common videos", "h264", "hevc", "vp9", "aac"),
  ...need("filters", "every style", "scale", "crop", "setsar", "format", "fps"),
  ...need("filters", "blur_background", "split", "boxblur", "gblur", "eq", "overlay"),
  ...need("filters", "split styles", "vstack", "hstack", "pad"),
  ...need("filters", "following faces", "sendcmd"),
  ...need("filters", "scene detection", "scdet", "select", "metadata"),
  ...need("filters", "loudness and silence", "ebur128", "silencedetect", "blackdetect"),
  ...need("filters", "even loudness", "loudnorm", "aformat"),
  ...need("filters", "captions, text on pictures", "ass").map((each) => ({ ...each, isOptional: true })),
  ...need("filters", "videos out of rows", "color", "loop", "zoompan", "trim", "setpts", "amix", "sidechaincompress"),
  ...need("decoders", "pictures", "png", "mjpeg", "webp", "bmp"),
  ...need("demuxers", "pictures", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe"),
  ...need("filters", "merging", "concat", "aresample"),
  ...need(
    "filters",
    "the demo video",
    "gradients",
    "mandelbrot",
    "life",
    "cellauto",
    "avectorscope",
    "aevalsrc",
    "blend",
    "vignette",
    "hue",
  ),
  ...need("muxers", "writing files", "mp4", "matroska", "mpegts", "mjpeg", "null"),
  ...need("demuxers", "reading files", "mov", "matroska", "mpegts", "avi"),
  ...need("protocols", "reading and writing files", "file", "pipe"),
];

export const PART_KINDS: readonly PartKind[] = ["encoders", "decoders", "filters", "muxers", "demuxers", "protocols"];

/** Flags, then a name, or several with commas between: ` DE mov,mp4,m4a QuickTime / MOV`. */
const ROW = /^ *[A-Z.|]{1,7} +([\w,]+) /;

/** The names in a list that `ffmpeg -filters` and its like print. */
export function parseParts(kind: PartKind, listing: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of listing.split("\n")) {
    // Protocols have neither flags nor descriptions.
    const found = kind === "protocols" ? line.trim() : (ROW.exec(`${line} `)?.[1] ?? "");
    for (const name of found.split(",")) if (name !== "") names.add(name);
  }
  return names;
}

/** `5.1.9-0+deb12u1` from the first line that ffmpeg or ffprobe prints; null when it is no such line. */
export function parseVersion(output: string): string | null {
  return /^(?:ffmpeg|ffprobe) version (\S+)/.exec(output)?.[1] ?? null;
}

/** The oldest release that the tests run on. */
export const OLDEST_VERSION = { major: 5, minor: 1 } as const;

/** Whether a version is too old; builds from git (`N-1234-gabc`) have no number and count as new. */
export function isTooOld(version: string): boolean {
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const { major: oldestMajor, minor: oldestMinor } = OLDEST_VERSION;
  return Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
}
