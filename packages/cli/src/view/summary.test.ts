import { expect, test } from "vitest";
import { declareScenes, finishClips, type JobStory, jobStory, startClips } from "../../test/job-story.ts";
import { paint } from "../terminal/line.ts";
import { summaryLines } from "./summary.ts";

const told = (story: JobStory) => summaryLines(story.job(), story.nowMs).map((line) => paint(line, 200, false));
const running = (scenes: number) =>
  declareScenes(jobStory(), scenes, ["split"]).fact("job.state_changed", { new_state: "running" });
const fail = (story: JobStory, taskId: string) =>
  story.fact("clip.progress", {
    task_id: taskId,
    state: "failed",
    step: "failed",
    error_code: "encoder_failed",
    error_message: "the encoder gave up",
    error_class: "environment",
    hint: "try another style",
  });

test("all done", () => {
  const story = finishClips(startClips(running(1), 1, ["split"]).at(42), 1, ["split"]).fact("job.completed", {});
  expect(told(story)).toEqual(["✓ talk.mp4: 1 clip done, 42 s"]);
});

test("some failed: how many, and each with what to do", () => {
  const story = startClips(startClips(running(2), 1, ["split"]), 2, ["split"]).at(200);
  fail(finishClips(story, 1, ["split"]), "scene_2_split").fact("job.completed", {});
  expect(told(story)).toEqual([
    "✗ talk.mp4: 1 of 2 clips done, 1 failed, 3 m 20 s",
    "    ✗ Scene 2 / split: the encoder gave up; try another style",
  ]);
});

test("many failed: the first ones, and how many more", () => {
  const story = running(13);
  for (let scene = 1; scene <= 13; scene += 1) fail(startClips(story, scene, ["split"]), `scene_${scene}_split`);
  const lines = told(story.fact("job.completed", {}));
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toBe("    … 3 more failed");
});

test("canceled", () => {
  const story = finishClips(startClips(running(2), 1, ["split"]).at(12), 1, ["split"]).fact("job.canceled", {
    reason: "interrupted",
  });
  expect(told(story)).toEqual(["■ talk.mp4: canceled: interrupted, 1 of 2 clips done, 12 s"]);
});

test("failed as a whole", () => {
  const error = {
    error_code: "disk_full",
    error_message: "there is no room left",
    error_class: "environment",
    hint: "free some space",
  };
  expect(told(running(1).at(3).fact("job.failed", error))).toEqual([
    "✗ talk.mp4: failed: there is no room left (free some space), 0 of 1 clip done, 3.0 s",
  ]);
});
