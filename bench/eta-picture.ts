// Makes clips of five different videos, one after the other with one history, and draws when each was told to be done.
// usage: node --conditions=playhead-src bench/eta-picture.ts FILE.svg
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { planTask, run } from "@playhead/ffmpeg";
import { runClips } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { type DrawnJob, drawForecasts } from "./eta-picture-svg.ts";
import { say } from "./report.ts";

/** Sources of ffmpeg's, as unlike each other as it has them. */
const VIDEOS = [
  { title: "test card, 640 × 360", source: "testsrc2=s=640x360:r=25", sceneSec: [6, 9, 4] },
  { title: "fractal, 640 × 360", source: "mandelbrot=s=640x360:r=25", sceneSec: [8, 5, 8] },
  { title: "noise, 640 × 360", source: "testsrc2=s=640x360:r=25,noise=alls=40:allf=t", sceneSec: [4, 6, 5] },
  { title: "test card, 1280 × 720", source: "testsrc2=s=1280x720:r=25", sceneSec: [6, 4, 6] },
  { title: "cells, 960 × 540", source: "life=s=960x540:r=25:mold=10:ratio=0.3", sceneSec: [9, 4, 7] },
];
const STYLES = ["original", "center_focus", "blur_background", "split"];
const PARALLEL = 2;

const [target = "eta.svg"] = process.argv.slice(2);
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-eta-picture-"));
const engine = await createEngine({ dataFolder: path.join(folder, "data"), log: () => undefined });
const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
try {
  const jobs: DrawnJob[] = [];
  for (const [number, video] of VIDEOS.entries()) {
    say(`${number + 1}/${VIDEOS.length} ${video.title}`);
    jobs.push(await makeClips(number, video));
  }
  writeFileSync(target, drawForecasts(jobs));
} finally {
  await playhead.close();
  await engine.close();
  await rm(folder, { recursive: true });
}

async function makeClips(number: number, { title, source, sceneSec }: (typeof VIDEOS)[number]): Promise<DrawnJob> {
  const input = path.join(folder, `${number}.mp4`);
  await makeVideo(
    input,
    source,
    sceneSec.reduce((sum, sec) => sum + sec, 0),
  );
  const result = await runClips(playhead, {
    ...{ input, styles: STYLES, scenes: scenesOf(sceneSec), maxParallel: PARALLEL },
    ...{ outDir: path.join(folder, `out-${number}`), registryDir: path.join(folder, "runs") },
  });
  await playhead.flush();
  if (result.state !== "completed") throw new Error(`expected the clips of ${title} to be made, got ${result.state}`);
  const job = await engine.readJob("default", result.job_id);
  if (job?.started_at == null || job.ended_at === null) throw new Error(`expected ${title} to have begun and ended`);
  const beganMs = Date.parse(job.started_at);
  const told = await engine.forecasts.toldOf(result.job_id);
  return {
    title,
    endSec: (Date.parse(job.ended_at) - beganMs) / 1_000,
    told: told.map(({ at_ms, ms, low_ms, high_ms }) => ({
      atSec: (at_ms - beganMs) / 1_000,
      leftSec: (ms - at_ms) / 1_000,
      lowSec: (low_ms - at_ms) / 1_000,
      highSec: (high_ms - at_ms) / 1_000,
    })),
  };
}

function scenesOf(lengthsSec: readonly number[]) {
  let endSec = 0;
  return lengthsSec.map((sec, at) => {
    endSec += sec;
    return { scene_id: String(at + 1), title: `Scene ${at + 1}`, start_sec: endSec - sec, end_sec: endSec };
  });
}

async function makeVideo(file: string, source: string, durationSec: number): Promise<void> {
  await run(
    planTask({
      inputs: [
        { kind: "generated", graph: source, durationSec },
        { kind: "generated", graph: "sine=frequency=330", durationSec },
      ],
      filterGraph: "[0:v]format=yuv420p[v]",
      maps: ["[v]", "1:a"],
      video: { codec: "h264", preset: "ultrafast" },
      audio: { codec: "aac" },
      output: { kind: "file", path: file, format: "mp4" },
      length: { kind: "fixed", durationSec },
    }),
  );
}
