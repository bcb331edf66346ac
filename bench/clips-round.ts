// One run of bench/clips.ts, in a process of its own: prints its metrics as JSON.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runClips } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { type Command, runScript } from "./clips-script.ts";

interface Options {
  readonly variant: "playhead" | "script";
  readonly input: string;
  readonly styles: readonly string[];
  readonly scenes: readonly { scene_id: string; title: string; start_sec: number; end_sec: number }[];
  readonly parallel: number;
  /** What the script runs; `OUT` in its words is the folder of the round. */
  readonly commands: readonly (readonly Command[])[];
}

const { variant, input, styles, scenes, parallel, commands }: Options = JSON.parse(process.argv[2] ?? "{}");
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-clips-round-"));
try {
  console.log(JSON.stringify({ wall_ms: variant === "script" ? await bare() : await watched() }));
} finally {
  await rm(folder, { recursive: true });
}

async function bare(): Promise<number> {
  const ready = commands.map((clip) => clip.map((words) => words.map((word) => word.replaceAll("OUT", folder))));
  const startedMs = performance.now();
  await runScript(ready, parallel);
  return performance.now() - startedMs;
}

/** With its engine and its store; until all is stored. */
async function watched(): Promise<number> {
  const engine = await createEngine({ dataFolder: path.join(folder, "data"), log: () => undefined });
  const playhead = createPlayhead({ transport: createLocalTransport(engine.local) });
  const startedMs = performance.now();
  const result = await runClips(playhead, {
    ...{ input, styles, scenes, outDir: path.join(folder, "out"), registryDir: path.join(folder, "runs") },
    ...{ maxParallel: parallel },
  });
  await playhead.flush();
  const wallMs = performance.now() - startedMs;
  await playhead.close();
  await engine.close();
  if (result.completed !== commands.length)
    throw new Error(`expected ${commands.length} clips, got ${result.completed}`);
  return wallMs;
}
