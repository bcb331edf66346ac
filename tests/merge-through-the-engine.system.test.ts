import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { emptyJob, foldAll, type PlayheadEvent, snapshotOf } from "@playhead/core";
import { type MergeOptions, runMerge } from "@playhead/pipelines";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createTestFolder, makeVideo } from "./fixtures/video.ts";

const folder = createTestFolder();
let setups = 0;

beforeAll(() => {
  makeVideo(folder.at("two.mp4"));
  const args = [
    "-nostdin",
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=90x160:r=30:d=2",
    folder.at("up.webm"),
  ];
  execFileSync("ffmpeg", args, { stdio: "pipe" });
});
afterAll(() => folder.remove());

/** An engine with a worker, as `playhead merge` has them in one process. */
async function merge(names: readonly string[], options: Partial<MergeOptions> = {}) {
  setups += 1;
  const complaints: string[] = [];
  const dataFolder = folder.at(`data-${setups}`);
  const engine = await createEngine({
    dataFolder,
    log: (level, message) => {
      if (level === "error") complaints.push(message);
    },
  });
  const playhead = createPlayhead({
    transport: createLocalTransport(engine.local),
    onRefused: (refused) => complaints.push(...refused.map((each) => JSON.stringify(each))),
    warn: (line) => complaints.push(line),
  });
  onTestFinished(async () => {
    await playhead.close();
    await engine.close();
  });
  const jobId = `job_${setups}`;
  const seen: PlayheadEvent[] = [];
  engine.bus.subscribe(jobId, (publications) => {
    for (const { content } of publications) if ("type" in content && content.type !== "log") seen.push(content);
  });
  const inputs = names.map((name) => folder.at(name));
  const output = folder.at(`out-${setups}/all.mp4`);
  const registryDir = join(dataFolder, "runs");
  const result = await runMerge(playhead, { inputs, output, registryDir, jobId, ...options });
  await playhead.flush();
  return { result, seen, complaints, job: await engine.readJob("default", jobId), jobId };
}

test.each([
  { name: "copied", names: ["two.mp4", "two.mp4"], skipped: ["compression", "preparation", "storage_upload"] },
  { name: "encoded", names: ["two.mp4", "up.webm"], skipped: ["compression", "storage_upload"] },
  {
    name: "brought to a size",
    names: ["two.mp4", "up.webm"],
    options: { target: { kind: "size", maxBytes: 60_000 } } as const,
    skipped: ["storage_upload"],
  },
])("$name: a bar that never goes back and ends at 100, stages in order, nothing refused", async (given) => {
  const { result, seen, complaints, job, jobId } = await merge(given.names, given.options);
  expect(result).toMatchObject({ state: "completed", error: null });
  expect(complaints).toEqual([]);
  expect(snapshotOf(foldAll(emptyJob(jobId), seen))).toEqual(job);
  const percents = seen.filter(({ type }) => type === "job.progress").map(({ data }) => Number(data.percent_complete));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.filter((percent) => percent === 100)).toHaveLength(1);
  expect(job).toMatchObject({ state: "completed", progress: { percent_complete: 100, items_failed: 0 } });
  expect(job?.artifacts.map(({ type }) => type)).toEqual(["video", "segments"]);
  const stages = job?.tasks.filter(({ kind }) => kind === "stage") ?? [];
  expect(stages.map(({ task_id }) => task_id)).toEqual([
    ...["upload", "analysis", "preparation", "merging", "compression", "storage_upload", "cleanup"],
  ]);
  const skipped = stages.filter(({ state }) => state === "skipped").map(({ task_id }) => task_id);
  expect(skipped.toSorted()).toEqual(given.skipped);
  const started = seen.filter(({ type }) => type === "stage.started").map(({ data }) => data.stage);
  expect(started).toEqual(stages.filter(({ state }) => state === "completed").map(({ task_id }) => task_id));
});
