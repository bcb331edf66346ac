import { fileUrl, guardArgs, sequenceGuardArgs } from "../probe/input-guard.ts";
import { deviceArgs, hardwareArgs, onDevice } from "./hardware.ts";
import type { FfmpegPlan, PlannedPass } from "./plan.ts";
import type { AudioEncoding, FfmpegTask, PictureInput, TaskInput, TaskOutput, VideoEncoding } from "./task.ts";

/** How often ffmpeg reports its progress, in seconds. */
const STATS_PERIOD_SEC = 0.5;

const GLOBAL_ARGS: readonly string[] = [
  ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "repeat+level+info", "-benchmark"],
  ...["-stats_period", String(STATS_PERIOD_SEC), "-progress", "pipe:3", "-y"],
];

export interface ArgvPaths {
  /** Where a file output is written; it gets its final name later. Null for other outputs. */
  readonly partPath: string | null;
  /** Where the first of two passes leaves its findings: ffmpeg appends `-0.log`. */
  readonly passLogPath: string;
  /** Most pixels a frame of an input may have. */
  readonly maxPixels?: number | undefined;
}

/** The arguments of ffmpeg for one pass of a plan. Pure; no shell is involved, so nothing is quoted. */
export function buildArgv(plan: FfmpegPlan, pass: PlannedPass, paths: ArgvPaths): readonly string[] {
  const task = onDevice(plan.task);
  const isAnalysis = pass.kind === "analyse";
  const audio = isAnalysis ? null : task.audio;
  return [
    ...GLOBAL_ARGS,
    ...deviceArgs(task.video),
    ...task.inputs.flatMap((input) => inputArgs(input, paths.maxPixels)),
    ...filterArgs(task),
    ...(task.maps ?? defaultMaps(task)).flatMap((map) => ["-map", map]),
    ...["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"],
    ...videoArgs(task.video),
    ...(plan.passes.length > 1 ? passArgs(isAnalysis, paths) : []),
    ...audioArgs(audio),
    ...(task.maxFrames === undefined ? [] : ["-frames:v", String(task.maxFrames)]),
    ...(task.threads === undefined ? [] : ["-threads", String(task.threads)]),
    ...["-max_muxing_queue_size", "4096"],
    ...outputCut(task),
    ...outputArgs(isAnalysis ? { kind: "none" } : task.output, paths.partPath),
  ];
}

function inputArgs(input: TaskInput, maxPixels: number | undefined): readonly string[] {
  if (input.kind === "generated") return ["-f", "lavfi", "-t", seconds(input.durationSec), "-i", input.graph];
  if (input.kind === "sequence") {
    // Its list is ours, with absolute names, and what it names was written or looked at by us.
    return [...sequenceGuardArgs(maxPixels), "-f", "concat", "-safe", "0", "-i", fileUrl(input.listPath)];
  }
  if (input.kind === "picture") return pictureArgs(input, maxPixels);
  const { path, startSec = 0, prerollSec = 0, durationSec, repeat = false } = input;
  const fromSec = Math.max(0, startSec - prerollSec);
  return [
    ...guardArgs(maxPixels),
    ...(repeat ? ["-stream_loop", "-1"] : []),
    ...(fromSec === 0 ? [] : ["-ss", seconds(fromSec)]),
    ...(durationSec === undefined ? [] : ["-t", seconds(prerollSec + durationSec)]),
    ...["-i", fileUrl(path)],
  ];
}

/** Both passes have to see the same pictures: left to itself, ffmpeg doubles some for a file, and none for nothing. */
function passArgs(isAnalysis: boolean, { passLogPath }: ArgvPaths): readonly string[] {
  return ["-fps_mode", "cfr", "-pass", isAnalysis ? "1" : "2", "-passlogfile", passLogPath];
}

/** The demuxer is named: the one that ffmpeg would choose by the name reads whole sequences of files. */
function pictureArgs({ path, format }: PictureInput, maxPixels: number | undefined): readonly string[] {
  const demuxer = `${format}_pipe`;
  return [...guardArgs(maxPixels, [demuxer]), "-f", demuxer, "-i", fileUrl(path)];
}

/**
 * What was read too early is cut off at the output; and what is too long: at the input each stream has its length by
 * itself, also one that begins late.
 */
function outputCut({ inputs: [input, ...others], length }: FfmpegTask): readonly string[] {
  if (input?.kind !== "file") return [];
  const { prerollSec = 0, durationSec } = input;
  const isAsLong =
    others.length === 0 && (length === undefined || (length.kind === "first-input" && !length.speedRatio));
  return [
    ...(prerollSec > 0 ? ["-ss", seconds(prerollSec)] : []),
    ...(durationSec !== undefined && isAsLong ? ["-t", seconds(durationSec)] : []),
  ];
}

/** Never `1e-7`, which ffmpeg does not read; a microsecond is as fine as its clock. */
function seconds(value: number): string {
  return String(Number(value.toFixed(6)));
}

function filterArgs(task: FfmpegTask): readonly string[] {
  if (task.filterGraph === undefined) return [];
  const threads = task.threads === undefined ? [] : ["-filter_complex_threads", String(task.threads)];
  return [...threads, "-filter_complex", task.filterGraph];
}

/** `V` is video without cover pictures; `?` takes what is there. */
function defaultMaps(task: FfmpegTask): readonly string[] {
  return [...(task.video === null ? [] : ["0:V:0?"]), ...(task.audio === null ? [] : ["0:a:0?"])];
}

function videoArgs(video: VideoEncoding | null): readonly string[] {
  switch (video?.codec) {
    case undefined:
      return ["-vn"];
    case "copy":
      return ["-c:v", "copy"];
    case "jpeg":
      return ["-c:v", "mjpeg", "-q:v", String(video.quality ?? 3), "-pix_fmt", "yuvj420p"];
    case "raw":
      return ["-c:v", "rawvideo", "-pix_fmt", video.pixelFormat];
    case "h264": {
      const quality = video.quality ?? { kind: "crf", crf: 20 };
      if (video.encoder !== undefined && video.encoder !== "x264") return hardwareArgs(video.encoder, quality);
      const rate = quality.kind === "crf" ? ["-crf", String(quality.crf)] : ["-b:v", `${quality.kbps}k`];
      const order = video.isInOrder ? ["-bf", "0"] : [];
      return ["-c:v", "libx264", "-preset", video.preset ?? "veryfast", ...rate, ...order, "-pix_fmt", "yuv420p"];
    }
  }
}

function audioArgs(audio: AudioEncoding | null): readonly string[] {
  if (audio === null) return ["-an"];
  if (audio.codec === "copy") return ["-c:a", "copy"];
  if (audio.codec === "pcm") return ["-c:a", "pcm_s16le"];
  const channels = audio.channels === undefined ? [] : ["-ac", String(audio.channels)];
  return ["-c:a", "aac", "-b:a", `${audio.kbps ?? 160}k`, ...channels];
}

function outputArgs(output: TaskOutput, partPath: string | null): readonly string[] {
  if (output.kind === "none") return ["-f", "null", "-"];
  if (output.kind === "stdout") return ["-f", output.format, "pipe:1"];
  const faststart = output.format === "mp4" ? ["-movflags", "+faststart"] : [];
  return [...faststart, "-f", output.format, fileUrl(partPath ?? output.path)];
}
