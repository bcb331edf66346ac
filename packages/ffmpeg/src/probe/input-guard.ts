import { resolve } from "node:path";

/**
 * The only containers we open. None of them can refer to another file or to the network: playlists (HLS, DASH, concat,
 * SDP), SVG, image sequences and subtitle scripts are not among them, whatever their name ends with.
 */
export const ALLOWED_DEMUXERS: readonly string[] = [
  ...["mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "mxf", "dv", "ivf", "rm", "gif"],
  ...["h264", "hevc", "m4v", "obu", "yuv4mpegpipe", "nut", "wtv"],
  ...[
    "wav",
    "w64",
    "mp3",
    "aac",
    "flac",
    "aiff",
    "au",
    "caf",
    "ac3",
    "eac3",
    "amr",
    "amrnb",
    "amrwb",
    "ape",
    "wv",
    "tta",
  ],
];

/** Demuxers that exist to read other files or devices: what looks like one is refused by name, not as "not media". */
export const REFERRING_DEMUXERS: ReadonlySet<string> = new Set([
  ...["concat", "hls", "dash", "imf", "webm_dash_manifest", "image2", "svg_pipe"],
  ...["sdp", "rtsp", "rtp", "sap", "lavfi", "avisynth", "vapoursynth"],
]);

/** More pixels a frame than this are refused unless the caller allows more: 8192 × 8192. */
export const DEFAULT_MAX_PIXELS = 8192 * 8192;

/** A path as ffmpeg's arguments name it: absolute and with its protocol, so that no name can be an option or a URL. */
export function fileUrl(path: string): string {
  return `file:${resolve(path)}`;
}

/**
 * The options that must stand before every `-i` of a file: no network, no other files, no giant frames. Decoders pad
 * frames to whole blocks, so ffmpeg's own limit is a little over ours; {@link probe} holds to the pixel.
 */
export function guardArgs(
  maxPixels: number = DEFAULT_MAX_PIXELS,
  demuxers: readonly string[] = ALLOWED_DEMUXERS,
): readonly string[] {
  return [
    ...["-protocol_whitelist", "file"],
    ...["-format_whitelist", demuxers.join(",")],
    ...["-max_pixels", String(Math.ceil(maxPixels * 1.1) + 100_000)],
  ];
}

/** The same before a list of ours: lists may be opened then, and nothing else more. */
export function sequenceGuardArgs(maxPixels?: number): readonly string[] {
  return guardArgs(maxPixels, ["concat", ...ALLOWED_DEMUXERS]);
}
