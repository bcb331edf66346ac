// One run of bench/overhead.ts, in a process of its own: prints its metrics as JSON.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { planTask, prerollSecOf, probe, run, thumbnail } from "@playhead/ffmpeg";
import { runClips, STYLES } from "@playhead/pipelines";
import { createHttpTransport, createLocalTransport, createPlayhead, createSlots, type Playhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { startFile } from "./child.ts";
import { cpuSecondsOf } from "./scale-processes.ts";

interface Options {
  /** With what it is watched: nothing, a server in a process of its own, or one in the same process. */
  readonly server: "none" | "apart" | "within";
  readonly input: string;
  readonly styles: readonly string[];
  readonly seconds: number;
}

const PARALLEL = 2;
/** At rest is a process that takes less than a twentieth of one processor for so long. */
const REST_MS = 500;
const REST_SHARE = 0.05;
const REST_LIMIT_MS = 30_000;
const options: Options = JSON.parse(process.argv[2] ?? "{}");
const scenes = [0, 1, 2].map((index) => ({
  scene_id: String(index + 1),
  title: `Scene ${index + 1}`,
  start_sec: (index * options.seconds) / 3,
  end_sec: ((index + 1) * options.seconds) / 3,
}));
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-overhead-round-"));
try {
  const rounds = { none: () => measured(bare), apart: watchedFromAfar, within: watchedWithin };
  console.log(JSON.stringify(await rounds[options.server]()));
} finally {
  await rm(folder, { recursive: true });
}

/** What some work takes: its time, and the processor time of this process, with all its threads, and of its programs. */
async function measured(work: () => Promise<void>) {
  // What starting has left behind is not of the work.
  globalThis.gc?.();
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const programsBefore = programsCpuMs();
  await work();
  const { user, system } = process.cpuUsage(before);
  const ownCpuMs = (user + system) / 1_000;
  return {
    wall_ms: performance.now() - startedMs,
    own_cpu_ms: ownCpuMs,
    all_cpu_ms: ownCpuMs + programsCpuMs() - programsBefore,
  };
}

/** Of all programs that have ended (proc(5): cutime and cstime, in ticks of 10 ms). Node does not say it. */
function programsCpuMs(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** Its threads load their code for a while after the engine takes work. */
async function untilAtRest(): Promise<void> {
  const startedMs = performance.now();
  for (let before = process.cpuUsage(); ; before = process.cpuUsage()) {
    await pause(REST_MS);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 < REST_MS * REST_SHARE) return;
    if (performance.now() - startedMs > REST_LIMIT_MS)
      throw new Error("expected an engine without work to come to rest");
  }
}

/** The pipeline reports to a server, as those of users do. What the server takes for it is told beside it. */
async function watchedFromAfar() {
  const server = startFile("./reconnect-server.ts", { data: path.join(folder, "data"), port: 0, jobs: [] });
  const { port, key } = await server.answer<{ port: number; key: string }>();
  const spool = { folder: path.join(folder, "spool") };
  const transport = createHttpTransport({ url: `http://127.0.0.1:${port}`, apiKey: key, spool });
  const playhead = createPlayhead({ transport });
  const pid = server.child.pid as number;
  // Its threads, too, load their code for a while.
  await pause(REST_MS * 10);
  const serverCpuMs = async () => ((await cpuSecondsOf({ server: pid })).server ?? 0) * 1_000;
  const before = await serverCpuMs();
  const metrics = await measured(() => pipeline(playhead));
  const server_cpu_ms = (await serverCpuMs()) - before;
  await playhead.close();
  await server.end();
  return { ...metrics, server_cpu_ms };
}

/** That the engine starts is not part of the pipeline: it is told beside it. */
async function watchedWithin() {
  const startedMs = performance.now();
  const startCpu = process.cpuUsage();
  const engine = await createEngine({ dataFolder: path.join(folder, "data"), log: () => undefined });
  const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
  const engineStartMs = performance.now() - startedMs;
  await untilAtRest();
  const { user, system } = process.cpuUsage(startCpu);
  const metrics = await measured(() => pipeline(playhead));
  await playhead.close();
  await engine.close();
  return { ...metrics, engine_start_ms: engineStartMs, engine_start_cpu_ms: (user + system) / 1_000 };
}

/** Until all is stored. */
async function pipeline(playhead: Playhead): Promise<void> {
  const { completed } = await runClips(playhead, {
    input: options.input,
    scenes,
    styles: options.styles,
    outDir: path.join(folder, "out"),
    maxParallel: PARALLEL,
    // The bare work has no second pass over the sound either.
    loudnessLufs: null,
    registryDir: path.join(folder, "runs"),
  });
  if (completed !== scenes.length * options.styles.length) throw new Error(`expected all clips, got ${completed}`);
  if (!(await playhead.flush())) throw new Error("expected all to be stored");
}

/** The same commands, in the same order and with the same parallelism, by the ffmpeg package alone. */
async function bare(): Promise<void> {
  const info = await probe(options.input, { requireVideo: true });
  const { video, durationSec } = info;
  if (video === null) throw new Error("expected a video");
  const slots = createSlots(PARALLEL);
  const clips = scenes.flatMap((scene) => options.styles.map((name) => ({ scene, name })));
  await Promise.all(
    clips.map(async ({ scene, name }) => {
      const style = STYLES.find((each) => each.name === name);
      if (style === undefined) throw new Error(`expected a style, got ${name}`);
      await slots.acquire();
      try {
        const file = path.join(folder, `${scene.scene_id}-${name}.mp4`);
        const clipSec = scene.end_sec - scene.start_sec;
        await run(
          planTask({
            inputs: [
              {
                kind: "file",
                path: options.input,
                startSec: scene.start_sec,
                durationSec: clipSec,
                prerollSec: prerollSecOf(info, scene.start_sec),
                sourceDurationSec: durationSec,
              },
            ],
            filterGraph: `[0:${video.index}]${style.filters(video)},setsar=1,format=yuv420p[v]`,
            maps: ["[v]", "0:a:0"],
            video: { codec: "h264", preset: "veryfast", quality: { kind: "crf", crf: 22 } },
            audio: { codec: "aac", kbps: 128 },
            output: { kind: "file", path: file, format: "mp4" },
          }),
          // So that nothing is left of it after a kill, as the pipeline has it.
          { registryDir: path.join(folder, "runs") },
        );
        await thumbnail(file, clipSec / 2, `${file}.jpg`);
      } finally {
        slots.release();
      }
    }),
  );
}
