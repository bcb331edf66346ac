import { expect, test } from "vitest";
import { setup as setupPlayhead } from "../testing/setup.ts";
import { ProgressChannel } from "./progress-channel.ts";

function setup() {
  const world = setupPlayhead();
  return { ...world, channel: new ProgressChannel({ playhead: world.playhead }) };
}

test("the seed's own run: a scene in two styles, one of which fails", async () => {
  const { channel, engine, clock, refused } = setup();
  channel.sceneStarted("j", 3, { scene_title: "Opening", style_count: 2, start_sec: 10.5, duration_sec: 29.7 });
  for (const step of ["extracting_segment", "rendering", "render_complete", "uploading", "upload_complete"] as const) {
    channel.clipProgress("j", 3, "split", step, `now ${step}`);
  }
  channel.clipUploaded("j", ProgressChannel.clipId(3, "split"), { url: "/split.mp4", size_bytes: 5 });
  channel.clipProgress("j", 3, "split", "complete");
  channel.clipProgress("j", 3, "original", "rendering", { fps: 30 });
  channel.clipProgress("j", 3, "original", "failed", "Rendering failed: no memory");
  channel.sceneCompleted("j", 3);
  channel.log("j", "Clip processing failed", "error", { scene_id: 3 });
  channel.done("j", { clips: 1 });
  await clock.advance(1_000);

  expect(engine.facts("j").map(({ type, data }) => [type, data.step ?? data.new_state ?? null])).toEqual([
    ["job.created", null],
    ["job.state_changed", "running"],
    ["session.started", null],
    ["task.created", null],
    ["scene.started", null],
    ["task.created", null],
    ["task.started", null],
    ["clip.progress", "extracting_segment"],
    ["clip.progress", "rendering"],
    ["clip.progress", "render_complete"],
    ["clip.progress", "uploading"],
    ["clip.progress", "upload_complete"],
    ["clip.uploaded", null],
    ["clip.progress", "complete"],
    ["task.created", null],
    ["task.started", null],
    ["clip.progress", "rendering"],
    ["clip.progress", "failed"],
    ["scene.completed", null],
    ["job.state_changed", "completing"],
    ["job.state_changed", "completed"],
    ["job.completed", null],
    ["session.completed", null],
  ]);
  const data = (type: string, nth = 0) => engine.facts("j").filter((fact) => fact.type === type)[nth]?.data;
  expect(data("scene.started")).toMatchObject({ scene_id: 3, scene_title: "Opening", style_count: 2, start_sec: 10.5 });
  expect(data("clip.progress", 1)).toMatchObject({
    scene_id: 3,
    style: "split",
    details: { message: "now rendering" },
  });
  expect(data("clip.uploaded")).toMatchObject({ clip_id: "3-split", clip_count: 1, artifact: { url: "/split.mp4" } });
  expect(data("scene.completed")).toMatchObject({ scene_id: 3, clips_completed: 1, clips_failed: 1 });
  expect(engine.job("j").tasks.get("3-original")?.error?.error_message).toContain("Rendering failed");
  expect(engine.logs("j")[0]).toMatchObject({ level: "error", message: "Clip processing failed" });
  expect([engine.refused, refused]).toEqual([[], []]);
});

test("a job without scenes has the bar that it is given", async () => {
  const { channel, engine, clock } = setup();
  channel.progress("j", 40);
  await clock.advance(300);
  expect(engine.bar("j").at(-1)).toBeCloseTo(0.4);
  channel.sceneStarted("j", 1);
  channel.progress("j", 99);
  channel.done("j");
  await clock.advance(300);
  expect(engine.job("j")).toMatchObject({ state: "completed", progress: { percent_complete: 100 } });
});

test("error fails the job; what comes late is ignored", async () => {
  const { channel, engine, clock, refused } = setup();
  channel.sceneStarted("j", 1);
  channel.error("j", "storage is gone");
  channel.clipProgress("j", 1, "split", "rendering");
  channel.sceneCompleted("j", 1);
  channel.log("j", "late");
  channel.done("j");
  await clock.advance(1_000);
  expect(engine.job("j")).toMatchObject({ state: "failed" });
  expect(engine.job("j").tasks.size).toBe(1);
  expect([engine.refused, refused]).toEqual([[], []]);
});

test("a cancel is told by the signal; the end that the channel reports is then a canceled one", async () => {
  const { channel, engine, clock } = setup();
  channel.sceneStarted("j", 1);
  await clock.advance(100);
  engine.command("j", "cancel", "enough");
  expect(channel.handle("j").signal.aborted).toBe(true);
  channel.done("j");
  await clock.advance(100);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "enough" });
});

test("a clip that nobody has mentioned belongs to the job", async () => {
  const { channel, engine, clock } = setup();
  channel.clipUploaded("j", "elsewhere", { url: "/x.mp4" });
  await clock.advance(100);
  expect(engine.job("j").artifacts).toMatchObject([{ type: "video", name: "elsewhere", url: "/x.mp4" }]);
});
