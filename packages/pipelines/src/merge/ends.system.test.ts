import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { reapOrphans } from "@playhead/ffmpeg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { createMediaFolder, filesIn, pictures, QUICK, tone } from "../../fixtures/media-folder.ts";
import { playWhole } from "../../fixtures/play-whole.ts";
import { runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { setupMerge } from "../../fixtures/setup-merge.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/run-merge-process.ts", import.meta.url));

const media = createMediaFolder();
const children: ChildProcess[] = [];
const inputs = () => [media.at("a.mp4"), media.at("b.mkv")];
const SIZED = { target: { kind: "size", maxBytes: 100_000 } } as const;

beforeAll(() => {
  media.make("a.mp4", ...pictures("160x90", 25, 1), ...tone(1), ...QUICK);
  media.make("b.mkv", ...pictures("120x90", 30, 1), ...QUICK);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => media.remove());

/** From its announcement on, into every stage. */
const MOMENTS = [
  "job.created",
  "upload_2",
  "analysis",
  "analysis_2",
  "preparation_1",
  "preparation_2",
  "merging",
  "compression",
];

test.each(MOMENTS)("a cancel at %s leaves nothing, neither files nor processes", async (moment) => {
  const setup = setupMerge(media);
  const seenRuns = new Set<string>();
  const stop = setup.transport.watch(({ job_id, type, data }) => {
    for (const id of runIdsIn(setup.registryDir)) seenRuns.add(id);
    if (type !== moment && (data.task_id !== moment || !type.endsWith(".started"))) return;
    stop();
    setup.transport.command(job_id, "cancel");
  });
  const result = await setup.run({ inputs: inputs(), ...SIZED });
  expect(result).toMatchObject({ state: "canceled", completed: 0, canceled: 1, failed: 0, error: null, summary: null });
  // Settled means settled: nothing runs any more when the call returns.
  expect(runningFfmpegs(seenRuns)).toEqual([]);
  expect([setup.files(), setup.running()]).toEqual([[], []]);
  const facts = setup.transport.facts();
  expect(facts.at(-1)?.type).toBe("job.canceled");
  expect(facts.filter(({ data }) => data.state === "failed")).toEqual([]);
});

test("a folder that was made for the result goes with it; one that was there stays", async () => {
  const setup = setupMerge(media);
  const controller = new AbortController();
  const output = `${setup.outDir}/new/merged.mp4`;
  const options = { inputs: inputs(), output, signal: controller.signal, onJob: () => controller.abort() };
  expect(await setup.run(options)).toMatchObject({ state: "canceled" });
  expect(setup.files()).toEqual([]);
  expect(filesIn(media.path)).toContain(setup.outDir.slice(media.path.length + 1));
});

test("paused, ffmpeg stands still; resumed, it goes on, and the result is whole", async () => {
  const setup = setupMerge(media);
  const { transport, registryDir } = setup;
  const long = media.make("long.mp4", ...pictures("640x360", 25, 8), ...QUICK);
  let jobId = "";
  const stop = transport.watch(({ job_id, type, data }) => {
    if (data.task_id !== "preparation_2" || !type.endsWith(".started")) return;
    stop();
    jobId = job_id;
    transport.command(job_id, "pause");
  });
  const running = setup.run({ inputs: [media.at("b.mkv"), long], maxParallel: 1 });
  const isPaused = () => transport.facts().some(({ data }) => data.new_state === "paused");
  await waitUntil("the job is paused", isPaused);
  const look = () => runningFfmpegs(runIdsIn(registryDir));
  await waitUntil("it is stopped", () => look().length > 0 && look().every(({ state }) => state === "T"));
  const before = look();
  // Something else that takes its time on the same processor.
  await playWhole(long);
  expect(look()).toEqual(before);
  transport.command(jobId, "resume");
  expect(await running).toMatchObject({ state: "completed" });
  expect((await playWhole(setup.output)).picturesSec).toBeCloseTo(9, 1);
});

test("an ffmpeg that is killed once is started again, and nobody sees it in the result", async () => {
  const setup = setupMerge(media);
  const once = `case "$*" in *part-2.mov*) mkdir '${setup.registryDir}/once' 2>/dev/null && kill -9 $$;; esac`;
  const ffmpegPath = writeFakeFfmpeg(media.at("killed-once"), once);
  const { state } = await setup.run({ inputs: inputs(), ffmpegPath });
  expect(state).toBe("completed");
  const retried = setup.transport.facts().filter(({ type }) => type === "task.retried");
  expect(retried.map(({ data }) => [data.task_id, data.error_code])).toEqual([["preparation_2", "ffmpeg_killed"]]);
  expect((await playWhole(setup.output)).picturesSec).toBeCloseTo(2, 1);
});

test.each(["task.started preparation_1", "stage.started merging", "stage.started compression"])(
  "killed with kill -9 at %s: the next start leaves nothing of it",
  async (line) => {
    const setup = setupMerge(media);
    const { output, registryDir } = setup;
    const args = ["--conditions=playhead-src", SCRIPT, output, registryDir, ...inputs()];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const exited = once(child, "exit");
    for await (const each of createInterface({ input: child.stdout })) if (each === line) break;
    const runIds = runIdsIn(registryDir);
    child.kill("SIGKILL");
    await exited;
    expect(setup.files()).toEqual([expect.stringMatching(/^merged\.mp4\.[0-9a-f]{8}\.part$/)]);
    expect(await reapOrphans(registryDir)).toMatchObject({ aliveRunIds: [], failed: [] });
    expect(runningFfmpegs(runIds)).toEqual([]);
    expect(setup.files()).toEqual([]);
    expect(setup.running().filter((name) => name.endsWith(".run.json"))).toEqual([]);
    // What was merged from is as it was.
    expect(await setup.run({ inputs: inputs() })).toMatchObject({ state: "completed" });
  },
);
