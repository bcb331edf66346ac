import { expect, test } from "vitest";
import { setup } from "../testing/setup.ts";

test("scenes and clips: the events of SPEC §4, with their fields", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "clips", id: "job_1" });
  const scenes = [{ id: "s1", title: "Opening", startSec: 0, durationSec: 12 }];
  await job.run(async () => {
    await job.each(
      scenes,
      {
        kind: "scene",
        id: ({ id }) => id,
        title: ({ title }) => title,
        weight: ({ durationSec }) => durationSec,
        fields: ({ startSec, durationSec }) => ({ start_sec: startSec, duration_sec: durationSec, style_count: 2 }),
      },
      (_scene, sceneTask) =>
        sceneTask.each(
          ["original", "split"],
          { kind: "clip", fields: (style) => ({ style }), id: (style) => `s1-${style}`, onError: "continue" },
          async (style, clip) => {
            await clip.step("rendering", async (step) => {
              step.progress(0.5);
              if (style === "split") throw new Error("no second face");
            });
            await clip.step("uploading", (step) => step.progress(1));
            clip.artifact({ type: "video", url: `/files/${style}.mp4`, size_bytes: 9 });
          },
        ),
    );
  });
  await clock.advance(20);
  expect(refused).toEqual([]);
  const told = engine.facts("job_1").filter(({ type }) => !type.startsWith("job.") && !type.startsWith("session."));
  const identity = { scene_id: "s1", style: "original", clip_id: "s1-original" };
  const other = { scene_id: "s1", style: "split", clip_id: "s1-split" };
  expect(told.map(({ type, data }) => [type, data])).toEqual([
    [
      "task.created",
      {
        task_id: "s1",
        parent_id: null,
        kind: "scene",
        title: "Opening",
        weight: 12,
        scene_id: "s1",
        fields: { scene_id: "s1", start_sec: 0, duration_sec: 12, style_count: 2 },
      },
    ],
    [
      "scene.started",
      {
        task_id: "s1",
        scene_id: "s1",
        state: "processing",
        scene_title: "Opening",
        style_count: 2,
        start_sec: 0,
        duration_sec: 12,
      },
    ],
    [
      "task.created",
      {
        task_id: "s1-original",
        parent_id: "s1",
        kind: "clip",
        title: "s1-original",
        weight: null,
        ...identity,
        fields: identity,
      },
    ],
    [
      "task.created",
      { task_id: "s1-split", parent_id: "s1", kind: "clip", title: "s1-split", weight: null, ...other, fields: other },
    ],
    ["task.started", { task_id: "s1-original", ...identity, state: "processing" }],
    ["clip.progress", { task_id: "s1-original", ...identity, step: "rendering", percent_complete: 0 }],
    ["clip.progress", { task_id: "s1-original", ...identity, step: "uploading", percent_complete: 50 }],
    [
      "clip.uploaded",
      {
        task_id: "s1-original",
        ...identity,
        clip_count: 1,
        total_clips: 2,
        artifact: { type: "video", name: "original.mp4", url: "/files/original.mp4", size_bytes: 9 },
      },
    ],
    [
      "clip.progress",
      { task_id: "s1-original", ...identity, state: "completed", step: "complete", percent_complete: 100 },
    ],
    ["task.started", { task_id: "s1-split", ...other, state: "processing" }],
    ["clip.progress", { task_id: "s1-split", ...other, step: "rendering", percent_complete: 0 }],
    [
      "clip.progress",
      {
        task_id: "s1-split",
        ...other,
        state: "failed",
        step: "failed",
        error_code: "task_failed",
        error_message: "no second face",
        error_class: "internal",
        failed_step: "rendering",
      },
    ],
    [
      "scene.completed",
      { task_id: "s1", scene_id: "s1", state: "completed", clips_completed: 1, clips_failed: 1, percent_complete: 100 },
    ],
  ]);
  expect(engine.job("job_1").progress).toMatchObject({
    items_total: 2,
    items_completed: 1,
    items_failed: 1,
    percent_complete: 100,
  });
});

test("clips: a video is the clip, counted once; what else belongs to it is an artifact like any other", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "clips", id: "job_1" });
  await job.run(() =>
    job.each(["a", "b"], { kind: "clip", id: (id) => id }, (id, clip) => {
      clip.artifact({ type: "thumbnail", name: `${id}.jpg` });
      clip.artifact({ type: "video", name: `${id}.mp4` });
      clip.artifact({ type: "video", name: `${id}-small.mp4` });
    }),
  );
  await clock.advance(20);
  expect(refused).toEqual([]);
  const told = engine.facts("job_1").filter(({ data }) => data.artifact !== undefined);
  expect(told.map(({ type, data }) => [type, data])).toEqual(
    ["a", "b"].flatMap((id, i) => {
      const base = { task_id: id, clip_id: id };
      const counts = { clip_count: i + 1, total_clips: 2 };
      return [
        ["task.artifact_added", { ...base, artifact: { type: "thumbnail", name: `${id}.jpg` } }],
        ["clip.uploaded", { ...base, ...counts, artifact: { type: "video", name: `${id}.mp4` } }],
        ["clip.uploaded", { ...base, ...counts, artifact: { type: "video", name: `${id}-small.mp4` } }],
      ];
    }),
  );
  expect(engine.job("job_1").tasks.get("b")?.artifacts).toHaveLength(3);
});

test("videos: each event carries the id, the end the artifacts or the errors", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "bulk", id: "job_1" });
  await job.run(() =>
    job.each(
      ["a", "b"],
      { kind: "video", id: (row) => `row-${row}`, fields: (row) => ({ id: row }), onError: "continue" },
      async (row, video) => {
        video.artifact({ type: "video", name: `${row}.mp4` });
        if (row === "b") throw new Error("the provider said no");
      },
    ),
  );
  await clock.advance(20);
  const told = engine.facts("job_1").filter(({ type }) => type.startsWith("video.") || type.startsWith("task."));
  expect(told.every(({ data }) => data.id === "a" || data.id === "b")).toBe(true);
  expect(told.map(({ type }) => type)).toEqual([
    "video.created",
    "video.created",
    "video.updated",
    "task.artifact_added",
    "video.completed",
    "video.updated",
    "task.artifact_added",
    "video.failed",
  ]);
  expect(told[4]?.data).toMatchObject({ state: "completed", artifacts: [{ type: "video", name: "a.mp4" }] });
  expect(told[7]?.data).toMatchObject({
    state: "failed",
    errors: [{ error_code: "task_failed", error_message: "the provider said no" }],
  });
});
