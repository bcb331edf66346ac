import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { emptyJob, foldAll, type PlayheadEvent, snapshotOf } from "@playhead/core";
import { reapOrphans } from "@playhead/ffmpeg";
import { type ClipsOptions, runClips, STYLES, type StyleProcessor } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createTestFolder, makeVideo } from "./fixtures/video.ts";

const TENANT = "default";
/** As fast as it plays: there is time to step in. */
const PACED: StyleProcessor = {
  name: "paced",
  title: "Paced",
  cost: 1,
  size: () => ({ width: 160, height: 90 }),
  filters: () => "realtime",
};
const SCRIPT = join(import.meta.dirname, "fixtures/run-clips-with-engine.ts");

const folder = createTestFolder();
let setups = 0;

beforeAll(() => {
  makeVideo(folder.at("two.mp4"));
});
afterAll(() => folder.remove());

/** An engine with a worker, as `playhead clips` has them in one process. */
async function setup(dataFolder?: string) {
  setups += 1;
  const name = `${setups}`;
  const complaints: string[] = [];
  const data = dataFolder ?? folder.at(`data-${name}`);
  const engine = await createEngine({
    dataFolder: data,
    log: (level, message) => {
      if (level === "error") complaints.push(message);
    },
  });
  const playhead = createPlayhead({
    transport: createLocalTransport(engine.local),
    onRefused: (refused) => complaints.push(...refused.map((each) => JSON.stringify(each))),
    warn: (line) => complaints.push(line),
  });
  const outDir = folder.at(`out-${name}`);
  const jobId = `job_${name}`;
  onTestFinished(async () => {
    await playhead.close();
    await engine.close();
  });
  const seen: PlayheadEvent[] = [];
  engine.bus.subscribe(jobId, (publications) => {
    for (const { content } of publications) if ("type" in content && content.type !== "log") seen.push(content);
  });
  return {
    engine,
    outDir,
    jobId,
    /** All that viewers got, in order. */
    seen,
    /** What went wrong with the monitoring. */
    complaints,
    async run(options: Partial<ClipsOptions> = {}) {
      const input = folder.at("two.mp4");
      const registryDir = join(data, "runs");
      const result = await runClips(playhead, { input, outDir, registryDir, jobId, ...options });
      await playhead.flush();
      return result;
    },
  };
}

const factsOf = (events: readonly PlayheadEvent[]) => events.filter(({ tick }) => tick === undefined);

test("a job comes through whole: numbered, folded to what is stored, with a bar that ends at 100", async () => {
  const { engine, run, seen, jobId, complaints } = await setup();
  expect(await run({ styles: ["original", "split"] })).toMatchObject({ state: "completed", completed: 4 });
  const facts = factsOf(seen);
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  expect(await engine.store.readFacts(jobId, 0, 10_000)).toEqual(facts);
  const snapshot = await engine.readJob(TENANT, jobId);
  expect(snapshotOf(foldAll(emptyJob(jobId), seen))).toEqual(snapshot);
  expect(snapshot).toMatchObject({ state: "completed", tasks_total: 8, artifacts: [{ type: "manifest" }] });
  expect(snapshot?.progress).toMatchObject({
    percent_complete: 100,
    items_total: 4,
    items_completed: 4,
    items_failed: 0,
  });
  const percents = seen.filter(({ type }) => type === "job.progress").map(({ data }) => Number(data.percent_complete));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.filter((percent) => percent === 100)).toHaveLength(1);
  const clips = snapshot?.tasks.filter(({ kind }) => kind === "clip") ?? [];
  expect(clips.map(({ steps }) => steps.map(({ step }) => step))).toEqual(
    clips.map(() => ["extracting_segment", "rendering", "render_complete"]),
  );
  expect(clips.map(({ artifacts }) => artifacts.map(({ type }) => type))).toEqual(
    clips.map(() => ["thumbnail", "video"]),
  );
  const logs = await engine.telemetry.jobLogs.readLogs({ tenantId: "default", jobId, after: 0, limit: 100 });
  expect(logs.map(({ message }) => message)).toContain("found 2 scenes in 4 s");
  expect(complaints).toEqual([]);
});

test("what was made before is skipped, and counts", async () => {
  const first = await setup();
  await first.run({ styles: ["original"] });
  const second = await setup();
  const result = await second.run({ styles: ["original", "split"], outDir: first.outDir });
  expect(result).toMatchObject({ state: "completed", completed: 2, skipped: 2 });
  const snapshot = await second.engine.readJob(TENANT, second.jobId);
  expect(snapshot?.progress).toMatchObject({
    percent_complete: 100,
    items_total: 4,
    items_completed: 2,
    items_skipped: 2,
  });
  const skipped = snapshot?.tasks.filter(({ kind, state }) => kind === "clip" && state === "skipped") ?? [];
  expect(skipped.map(({ artifacts }) => artifacts.length)).toEqual([2, 2]);
  expect(second.complaints).toEqual([]);
});

test("paused and resumed by the server, the job is what it would have been", async () => {
  const { engine, run, seen, jobId, complaints } = await setup();
  const stop = engine.bus.subscribe(jobId, (publications) => {
    const isRendering = publications.some(
      ({ content }) => "type" in content && content.type === "clip.progress" && content.data.step === "rendering",
    );
    if (isRendering) {
      stop();
      void engine.control.command(TENANT, jobId, "pause", null);
    }
  });
  engine.bus.subscribe(jobId, (publications) => {
    for (const { content } of publications) {
      if ("type" in content && content.type === "job.state_changed" && content.data.new_state === "paused")
        void engine.control.command(TENANT, jobId, "resume", null);
    }
  });
  expect(await run({ styles: ["paced"], extraStyles: [PACED] })).toMatchObject({ state: "completed", completed: 2 });
  const states = factsOf(seen).filter(({ type }) => type === "job.state_changed");
  expect(states.map(({ data }) => data.new_state)).toEqual([
    ...["running", "pausing", "paused", "running"],
    ...["completing", "completed"],
  ]);
  expect(complaints).toEqual([]);
});

test("canceled by the server, every task is settled and nothing is left half written", async () => {
  const { engine, run, seen, jobId, outDir, complaints } = await setup();
  const stop = engine.bus.subscribe(jobId, (publications) => {
    if (!publications.some(({ content }) => "type" in content && content.type === "clip.uploaded")) return;
    stop();
    void engine.control.command(TENANT, jobId, "cancel", "not needed any more");
  });
  const result = await run({ maxParallel: 1 });
  expect(result).toMatchObject({ state: "canceled", failed: 0 });
  const snapshot = await engine.readJob(TENANT, jobId);
  expect(snapshot).toMatchObject({ state: "canceled", reason: "not needed any more" });
  expect(snapshot?.tasks.filter(({ state }) => state === "pending" || state === "processing")).toEqual([]);
  expect(snapshot?.progress).toMatchObject({
    items_total: 2 * STYLES.length,
    items_completed: result.completed,
    items_failed: 0,
  });
  expect(factsOf(seen).at(-1)?.type).toBe("session.completed");
  expect(readdirSync(outDir)).toHaveLength(result.completed * 2 + 1);
  expect(complaints).toEqual([]);
});

test("killed in the middle with its engine: the next start finds it lost, cleans up, and goes on", async () => {
  const [data, outDir, jobId] = [folder.at("data-killed"), folder.at("out-killed"), "job_killed"];
  const args = ["--conditions=playhead-src", SCRIPT, folder.at("two.mp4"), outDir, data, jobId];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const exited = once(child, "exit");
  const stored: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    stored.push(line);
    if (stored.filter((each) => each === "clip.progress complete").length === 2) break;
  }
  child.kill("SIGKILL");
  await exited;

  const next = await setup(data);
  const report = await reapOrphans(join(data, "runs"));
  expect(report).toMatchObject({ aliveRunIds: [], failed: [] });
  expect(readdirSync(outDir).filter((name) => name.endsWith(".part"))).toEqual([]);
  expect(readdirSync(join(data, "runs")).filter((name) => name.endsWith(".run.json"))).toEqual([]);
  const lost = await next.engine.readJob(TENANT, jobId);
  expect(lost).toMatchObject({ state: "failed", error: { error_code: "worker_lost" } });
  const facts = await next.engine.store.readFacts(jobId, 0, 10_000);
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => i + 1));
  // Whatever viewers were told of before is there.
  expect(facts.filter(({ data: { step } }) => step === "complete").length).toBeGreaterThanOrEqual(2);

  const result = await next.run({ styles: ["original", "split"], outDir });
  expect(result).toMatchObject({ state: "completed", failed: 0 });
  expect(result.skipped).toBeGreaterThanOrEqual(2);
  expect(result.completed + result.skipped).toBe(4);
  expect(next.complaints).toEqual([]);
});
