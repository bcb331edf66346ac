// One run of bench/overhead.ts, in a process of its own: prints its metrics as JSON.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { planTask, probe, run, thumbnail } from "@playhead/ffmpeg";
import { runClips, STYLES } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead, createSlots } from "@playhead/sdk";
import { createEngine } from "@playhead/server";

interface Options {
  readonly watched: boolean;
  readonly input: string;
  readonly styles: readonly string[];
  readonly seconds: number;
}

const PARALLEL = 2;
const options: Options = JSON.parse(process.argv[2] ?? "{}");
const scenes = [0, 1, 2].map((index) => ({
  scene_id: String(index + 1),
  title: `Scene ${index + 1}`,
  start_sec: (index * options.seconds) / 3,
  end_sec: ((index + 1) * options.seconds) / 3,
}));
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-overhead-round-"));
try {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const ffmpegCpuSec = await (options.watched ? watched() : bare());
  const { user, system } = process.cpuUsage(before);
  const metrics = {
    wall_ms: performance.now() - startedMs,
    own_cpu_ms: (user + system) / 1_000,
    ffmpeg_cpu_ms: ffmpegCpuSec * 1_000,
  };
  console.log(JSON.stringify(metrics));
} finally {
  await rm(folder, { recursive: true });
}

async function watched(): Promise<number> {
  const engine = await createEngine({ dataFolder: path.join(folder, "data"), log: () => undefined });
  const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
  const { completed } = await runClips(playhead, {
    input: options.input,
    scenes,
    styles: options.styles,
    outDir: path.join(folder, "out"),
    maxParallel: PARALLEL,
    registryDir: path.join(folder, "runs"),
  });
  await playhead.close();
  await engine.close();
  if (completed !== scenes.length * options.styles.length) throw new Error(`expected all clips, got ${completed}`);
  return 0;
}

/** The same commands, in the same order and with the same parallelism, by the ffmpeg package alone. */
async function bare(): Promise<number> {
  const { video, durationSec } = await probe(options.input, { requireVideo: true });
  if (video === null) throw new Error("expected a video");
  const slots = createSlots(PARALLEL);
  let cpuSec = 0;
  const clips = scenes.flatMap((scene) => options.styles.map((name) => ({ scene, name })));
  await Promise.all(
    clips.map(async ({ scene, name }) => {
      const style = STYLES.find((each) => each.name === name);
      if (style === undefined) throw new Error(`expected a style, got ${name}`);
      await slots.acquire();
      try {
        const file = path.join(folder, `${scene.scene_id}-${name}.mp4`);
        const clipSec = scene.end_sec - scene.start_sec;
        const result = await run(
          planTask({
            inputs: [
              {
                kind: "file",
                path: options.input,
                startSec: scene.start_sec,
                durationSec: clipSec,
                sourceDurationSec: durationSec,
              },
            ],
            filterGraph: `[0:${video.index}]${style.filters(video)},setsar=1,format=yuv420p[v]`,
            maps: ["[v]", "0:a:0"],
            video: { codec: "h264", preset: "veryfast", quality: { kind: "crf", crf: 22 } },
            audio: { codec: "aac", kbps: 128 },
            output: { kind: "file", path: file, format: "mp4" },
          }),
        );
        cpuSec += result.cpuSec ?? 0;
        await thumbnail(file, clipSec / 2, `${file}.jpg`);
      } finally {
        slots.release();
      }
    }),
  );
  return cpuSec;
}
