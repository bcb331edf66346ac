import { describe, expect, test } from "vitest";
import { createRunningLedger, START_MS } from "../test-support/ledger.ts";
import { MAX_STEP_SPANS, type Task } from "./job.ts";
import type { JsonObject } from "./json.ts";

const at = (ms: number): string => new Date(START_MS + ms).toISOString();

/** A running job with one clip. Its time stands at 1 s. */
function setup(data: JsonObject = {}) {
  const ledger = createRunningLedger();
  ledger.report("task.created", { task_id: "c1", kind: "clip", ...data });
  const clip = () => ledger.job.tasks.get("c1") as Task;
  return { ...ledger, clip };
}

describe("a task's creation", () => {
  test("says its place, its share and what is constant about it", () => {
    const { clip } = setup({ title: "Opening, split", weight: 2.5, fields: { scene_id: "s1", style: "split" } });
    expect(clip()).toEqual({
      task_id: "c1",
      parent_id: null,
      kind: "clip",
      title: "Opening, split",
      weight: 2.5,
      fields: { scene_id: "s1", style: "split" },
      state: "pending",
      percent_complete: 0,
      step: null,
      steps: [],
      details: null,
      attempt: 1,
      artifacts: [],
      error: null,
      reason: null,
      created_at: at(1_000),
      started_at: null,
      ended_at: null,
      child_count: 0,
    });
  });

  test.each([
    { given: 0, weight: 0 },
    { given: 3, weight: 3 },
    { given: 1e300, weight: 1e15 },
    { given: -1, weight: null },
    { given: Number.POSITIVE_INFINITY, weight: null },
    { given: Number.NaN, weight: null },
    { given: "3", weight: null },
    { given: null, weight: null },
  ])("a weight of $given is taken as $weight", ({ given, weight }) => {
    expect(setup({ weight: given }).clip().weight).toBe(weight);
  });

  test("may say that the work has begun, or is not needed", () => {
    expect(setup({ state: "processing" }).clip()).toMatchObject({ state: "processing", started_at: at(1_000) });
    expect(setup({ state: "skipped", reason: "exists already" }).clip()).toMatchObject({
      state: "skipped",
      reason: "exists already",
      started_at: null,
      ended_at: at(1_000),
    });
  });
});

describe("a task's steps", () => {
  test("are the segments of its track: each ends where the next begins, the last with the task", () => {
    const { clip, report, wait } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering", details: { frames: 10 } });
    wait(2_000);
    report("clip.progress", { task_id: "c1", step: "uploading", percent_complete: 90 });
    expect(clip()).toMatchObject({ state: "processing", step: "uploading", percent_complete: 90, details: null });
    wait(1_000);
    report("clip.progress", { task_id: "c1", step: "complete", details: "done" });
    expect(clip()).toMatchObject({ state: "completed", step: "uploading", percent_complete: 100, ended_at: at(4_000) });
    expect(clip().details).toEqual({ text: "done" });
    expect(clip().steps).toEqual([
      { step: "rendering", started_at: at(1_000), ended_at: at(3_000), details: { frames: 10 } },
      { step: "uploading", started_at: at(3_000), ended_at: at(4_000) },
    ]);
  });

  test("said again goes on: no new segment", () => {
    const { clip, report, wait } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering", details: { frames: 10 } });
    wait(2_000);
    report("clip.progress", { task_id: "c1", step: "rendering", percent_complete: 20 });
    expect(clip().steps).toHaveLength(1);
    expect(clip().details).toEqual({ frames: 10 });
  });

  test("are the newest hundred", () => {
    const { clip, report } = setup();
    for (let index = 0; index <= MAX_STEP_SPANS; index += 1) {
      report("clip.progress", { task_id: "c1", step: `step ${index}` });
    }
    expect(clip().steps).toHaveLength(MAX_STEP_SPANS);
    expect(clip().steps[0]?.step).toBe("step 1");
  });

  test("the job's current step is the one that began last", () => {
    const { job, report } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering" });
    report("clip.progress", { task_id: "c1", step: "uploading" });
    expect(job.progress.current_step).toBe("uploading");
  });
});

describe("a retry", () => {
  test("starts the bar and the track over, and counts the error that made it necessary", () => {
    const { clip, job, report, wait } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering", percent_complete: 60 });
    wait(1_000);
    report("task.retried", { task_id: "c1", error_code: "ffmpeg_killed", error_message: "it was killed" });
    expect(clip()).toMatchObject({ state: "processing", attempt: 2, percent_complete: 0, step: null });
    expect(clip().steps).toMatchObject([{ step: "rendering", ended_at: at(2_000) }]);
    expect(clip().error).toMatchObject({ error_code: "ffmpeg_killed", error_class: "transient", task_id: "c1" });
    expect(job.progress.errors_encountered).toBe(1);
  });

  test("that begins in the step that failed has a segment of its own", () => {
    const { clip, report, wait } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering" });
    wait(1_000);
    report("task.retried", { task_id: "c1", attempt: 4, step: "rendering" });
    expect(clip()).toMatchObject({ attempt: 4, step: "rendering" });
    expect(clip().steps).toMatchObject([{ ended_at: at(2_000) }, { started_at: at(2_000), ended_at: null }]);
  });
});

describe("a task's ticks", () => {
  test("move the bar forward, never back, and bring details", () => {
    const { clip, report, tick } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering" });
    tick("clip.progress", { task_id: "c1", step: "rendering", percent_complete: 40, details: { fps: 30 } });
    tick("clip.progress", { task_id: "c1", step: "rendering", percent_complete: 30 });
    expect(clip()).toMatchObject({ percent_complete: 40, details: { fps: 30 } });
    tick("clip.progress", { task_id: "c1", percent_complete: 1e9 });
    expect(clip().percent_complete).toBe(100);
  });

  test("of another step, of a task at rest, of nobody, or without a number are nothing", () => {
    const { clip, report, tick } = setup();
    tick("clip.progress", { task_id: "c1", percent_complete: 40 });
    expect(clip().percent_complete).toBe(0);
    report("clip.progress", { task_id: "c1", step: "uploading" });
    const before = clip();
    tick("clip.progress", { task_id: "c1", step: "rendering", percent_complete: 40 });
    tick("clip.progress", { task_id: "c1", percent_complete: "40" });
    tick("clip.progress", { task_id: "nobody", percent_complete: 40 });
    tick("clip.progress", { percent_complete: 40 });
    expect(clip()).toBe(before);
    report("clip.progress", { task_id: "c1", step: "failed", error_code: "decode_failed" });
    tick("clip.progress", { task_id: "c1", percent_complete: 80 });
    expect(clip()).toMatchObject({ state: "failed", percent_complete: 0 });
  });
});

describe("a settled task", () => {
  test("takes artifacts and nothing else", () => {
    const { clip, report } = setup();
    report("clip.progress", { task_id: "c1", step: "rendering" });
    report("clip.progress", { task_id: "c1", step: "failed", error_code: "decode_failed", failed_step: "rendering" });
    const before = clip();
    expect(before.error).toMatchObject({ step: "rendering", error_class: "input" });
    const artifact = { type: "log", name: "ffmpeg.log" };
    report("clip.uploaded", { task_id: "c1", artifact, attempt: 9, reason: "late", percent_complete: 100 });
    expect(clip()).toEqual({ ...before, artifacts: [artifact] });
  });
});
