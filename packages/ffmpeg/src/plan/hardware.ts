import type { FfmpegTask, HardwareEncoder, VideoEncoding, VideoQuality } from "./task.ts";

/** The names that ffmpeg has for them. */
export const HARDWARE_NAMES: Readonly<Record<HardwareEncoder, string>> = {
  nvenc: "h264_nvenc",
  qsv: "h264_qsv",
  vaapi: "h264_vaapi",
  videotoolbox: "h264_videotoolbox",
};

/** Where Linux has the first graphics processor. */
const RENDER_NODE = "/dev/dri/renderD128";

/** What must stand before the inputs, so that there is a device. */
export function deviceArgs(video: VideoEncoding | null): readonly string[] {
  return hardwareOf(video) === "vaapi" ? ["-vaapi_device", RENDER_NODE] : [];
}

/** The encoder's own arguments: its even quality that looks like x264's `crf`, or the average bit rate. */
export function hardwareArgs(encoder: HardwareEncoder, quality: VideoQuality): readonly string[] {
  const name = ["-c:v", HARDWARE_NAMES[encoder]];
  const rate = quality.kind === "crf" ? null : ["-b:v", `${quality.kbps}k`];
  const crf = quality.kind === "crf" ? quality.crf : 0;
  switch (encoder) {
    case "nvenc":
      return [...name, "-preset", "p4", ...(rate ?? ["-rc", "vbr", "-cq", String(crf), "-b:v", "0"]), ...PLANAR];
    case "qsv":
      return [...name, "-preset", "veryfast", ...(rate ?? ["-global_quality", String(crf)]), "-pix_fmt", "nv12"];
    case "vaapi":
      return [...name, ...(rate ?? ["-rc_mode", "CQP", "-qp", String(crf)])];
    case "videotoolbox":
      // Its scale is 1 to 100, and better upwards.
      return [...name, ...(rate ?? ["-q:v", String(Math.max(1, Math.round(100 - crf * 1.7)))]), ...PLANAR];
  }
}

const PLANAR: readonly string[] = ["-pix_fmt", "yuv420p"];

/** The same task with its pictures moved to the device at the end of the graph, where the encoder takes no others. */
export function onDevice(task: FfmpegTask): FfmpegTask {
  if (hardwareOf(task.video) !== "vaapi") return task;
  const { filterGraph, maps = ["0:V:0"] } = task;
  const [pictures = "", ...others] = maps;
  const label = pictures.startsWith("[") ? pictures : `[${pictures}]`;
  const upload = `${label}format=nv12,hwupload[on_device]`;
  return {
    ...task,
    filterGraph: filterGraph === undefined ? upload : `${filterGraph};${upload}`,
    maps: ["[on_device]", ...others],
  };
}

function hardwareOf(video: VideoEncoding | null): HardwareEncoder | null {
  if (video?.codec !== "h264" || video.encoder === undefined || video.encoder === "x264") return null;
  return video.encoder;
}
