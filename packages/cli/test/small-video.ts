import { planTask, run } from "@playhead/ffmpeg";

/** Makes a video of two scenes, with motion and sound, and waits until it is there. */
export async function makeSmallVideo(path: string, seconds = 12): Promise<void> {
  const size = "s=320x180:r=25";
  await run(
    planTask({
      inputs: [
        { kind: "generated", graph: `testsrc2=${size}`, durationSec: seconds / 2 },
        { kind: "generated", graph: `mandelbrot=${size}`, durationSec: seconds / 2 },
        { kind: "generated", graph: "sine=frequency=330", durationSec: seconds },
      ],
      filterGraph: "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]concat=n=2:v=1[v]",
      maps: ["[v]", "2:a"],
      video: { codec: "h264", preset: "ultrafast" },
      audio: { codec: "aac" },
      output: { kind: "file", path, format: "mp4" },
      length: { kind: "fixed", durationSec: seconds },
    }),
  );
}
