import { emptyJob, type JobSummary, type JsonObject, summaryOf, type Task } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { measureJob } from "./job-measure.ts";

const at = (second: number) => new Date(1_795_000_000_000 + second * 1_000).toISOString();

/** A job that completed after 60 seconds. */
const job = (more: Partial<JobSummary> = {}): JobSummary => ({
  ...summaryOf(emptyJob("j")),
  state: "completed",
  started_at: at(0),
  ended_at: at(60),
  metadata: { encoder: "libx264" },
  ...more,
});

function clip(style: string, tookSec: number, video: JsonObject | null, more: Partial<Task> = {}): Task {
  return {
    task_id: style,
    kind: "clip",
    state: "completed",
    fields: { style },
    started_at: at(0),
    ended_at: at(tookSec),
    artifacts: video === null ? [] : [{ type: "video", name: "v", metadata: video }],
    ...more,
  } as Task;
}

const BOX = { expectedMs: null, host: "box" };
const HD = { width: 1080, height: 1920, duration_sec: 30 };

describe("a job's measure", () => {
  test("is its time without pauses and waits", () => {
    const told = measureJob(job({ paused_ms: 10_000, limited_ms: 5_000 }), [], { expectedMs: 30_000, host: null });
    expect(told).toMatchObject({ tookMs: 45_000, expectedMs: 30_000, mediaSec: null, media: [] });
  });

  test("adds up the media that was made in the same way", () => {
    const tasks = [
      clip("split", 10, HD),
      clip("split", 20, HD),
      clip("original", 5, { ...HD, width: 720, height: 1280 }),
    ];
    const same = { task_kind: "clip", codec: "libx264", host: "box" };
    expect(measureJob(job(), tasks, BOX)).toMatchObject({
      mediaSec: 90,
      media: [
        { ...same, style: "split", size: "1080x1920", mediaSec: 60, tookSec: 30 },
        { ...same, style: "original", size: "720x1280", mediaSec: 30, tookSec: 5 },
      ],
    });
  });

  test.each([
    { name: "found from an earlier run", task: clip("s", 1, HD, { state: "skipped" }) },
    { name: "without a file", task: clip("s", 1, null) },
    { name: "of an unknown length", task: clip("s", 1, { width: 9, height: 16 }) },
    { name: "that took no time", task: clip("s", 0, HD) },
    { name: "that never began", task: clip("s", 1, HD, { started_at: null }) },
  ])("knows nothing of media $name", ({ task }) => {
    expect(measureJob(job(), [task], BOX)).toMatchObject({ mediaSec: null, media: [] });
  });

  test("tells no speed by groups of a job that was held up: nobody knows which of its clips were", () => {
    expect(measureJob(job({ paused_ms: 1 }), [clip("s", 10, HD)], BOX)).toMatchObject({ mediaSec: 30, media: [] });
  });

  test("is none of a job that took no time", () => {
    expect(measureJob(job({ ended_at: at(0) }), [], BOX)).toBeNull();
  });
});
