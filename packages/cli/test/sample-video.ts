import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Makes a video of a few seconds with sound, small enough to be cut in a moment. */
export async function sampleVideo(path: string, durationSec: number): Promise<void> {
  const source = (graph: string) => ["-f", "lavfi", "-t", String(durationSec), "-i", graph];
  const args = [
    ...source("testsrc2=s=320x180:r=25"),
    ...source("sine"),
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-c:a",
    "aac",
  ];
  await ffmpeg([...args, `file:${path}`]);
}

/** Makes a video that takes minutes to cut, in a moment: a few seconds, repeated. */
export async function slowVideo(path: string): Promise<void> {
  const short = `${path}.short.mp4`;
  await sampleVideo(short, 4);
  await ffmpeg(["-stream_loop", "299", "-i", `file:${short}`, "-c", "copy", `file:${path}`]);
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await promisify(execFile)("ffmpeg", ["-nostdin", "-v", "error", ...args]);
}
