import { emptyJob, type Job } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { declareScenes, finishClips, type JobStory, jobStory, startClips } from "../../test/job-story.ts";
import { happeningsBetween } from "./happening.ts";
import { plainLine, standLine } from "./plain-line.ts";

/** What a log says between two looks. */
function linesBetween(before: Job, story: JobStory): readonly string[] {
  const after = story.job();
  return happeningsBetween(before, after, { everyPercent: 10 }).flatMap(
    (each) => plainLine(each, after, story.nowMs) ?? [],
  );
}

const running = () =>
  declareScenes(jobStory(), 2, ["original", "split"]).at(1).fact("job.state_changed", { new_state: "running" });

describe("lines of a log", () => {
  test("from the first event on", () => {
    const story = running();
    startClips(story.at(2), 1, ["original"]).at(5.5);
    expect(linesBetween(emptyJob("job_1"), story)).toEqual([
      "00:00:01  talk.mp4: running",
      "00:00:02  Scene 1: started",
      "00:00:02  Scene 1 / original: rendering",
    ]);
  });

  test("several steps between two looks are all told, in the order of time", () => {
    const story = running();
    startClips(story.at(2), 1, ["original"]);
    const before = story.job();
    story.at(3).fact("clip.progress", { task_id: "scene_1_original", step: "uploading" });
    startClips(story.at(4), 2, ["split"]);
    story.at(5).fact("clip.progress", { task_id: "scene_1_original", step: "upload_complete" });
    expect(linesBetween(before, story)).toEqual([
      "00:00:03  Scene 1 / original: uploading",
      "00:00:04  Scene 2: started",
      "00:00:04  Scene 2 / split: rendering",
      "00:00:05  Scene 1 / original: upload complete",
    ]);
  });

  test("a clip ends before its scene, and the job after both", () => {
    const story = startClips(running(), 1, ["original", "split"]);
    const before = story.job();
    finishClips(story.at(9), 1, ["original", "split"]);
    for (const style of ["original", "split"])
      story.fact("task.skipped", { task_id: `scene_2_${style}`, reason: "finished in an earlier run" });
    story.fact("task.skipped", { task_id: "scene_2", reason: "nothing to do" }).fact("job.completed", {});
    expect(linesBetween(before, story)).toEqual([
      "00:00:09  Scene 2 / split: skipped: finished in an earlier run",
      "00:00:09  Scene 2 / original: skipped: finished in an earlier run",
      "00:00:09  Scene 2: skipped: nothing to do",
      "00:00:09  Scene 1 / split: done in 8.0 s",
      "00:00:09  Scene 1 / original: done in 8.0 s",
      "00:00:09  Scene 1: done in 8.0 s",
      "00:00:09  talk.mp4: completed",
    ]);
  });

  test("a failure says where, why and what to do", () => {
    const story = startClips(running(), 1, ["split"]);
    const before = story.job();
    const error = {
      error_code: "disk_full",
      error_message: "there is no room left",
      error_class: "environment",
      hint: "free some space",
    };
    story.at(4).fact("clip.progress", { task_id: "scene_1_split", state: "failed", step: "failed", ...error });
    expect(linesBetween(before, story)).toEqual([
      "00:00:04  Scene 1 / split: failed while rendering: there is no room left; free some space",
    ]);
  });

  test("a new try", () => {
    const story = startClips(running(), 1, ["split"]);
    const before = story.job();
    story.at(4).fact("task.retried", {
      task_id: "scene_1_split",
      attempt: 2,
      error_code: "ffmpeg_stalled",
      error_message: "ffmpeg stopped moving",
      error_class: "transient",
    });
    expect(linesBetween(before, story)[0]).toMatch(
      / {2}Scene 1 \/ split: trying again, attempt 2: ffmpeg stopped moving$/,
    );
  });

  test("a cancel, with its reason", () => {
    const story = startClips(running(), 1, ["split"]);
    const before = story.job();
    story.at(4).fact("job.canceled", { reason: "interrupted" });
    expect(linesBetween(before, story).at(-1)).toBe("00:00:04  talk.mp4: canceled: interrupted");
  });

  test("progress is told once in ten percent, with the forecast", () => {
    const story = running();
    const percent = (value: number) =>
      story.progress({ percent_complete: value, eta_ms: 40_000, eta_low_ms: 30_000, eta_high_ms: 60_000 }).job();
    const [at9, at12] = [percent(9), percent(12)];
    expect(linesBetween(at9, story)).toEqual(["00:00:01  12 %, ≈ 40 s (30–60), 0 of 4 clips done"]);
    percent(19);
    expect(linesBetween(at12, story)).toEqual([]);
    percent(45);
    expect(linesBetween(at12, story)).toHaveLength(1);
  });

  test("nothing happened, nothing is said", () => {
    const story = startClips(running(), 1, ["split"]);
    expect(happeningsBetween(story.job(), story.job(), { everyPercent: 1 })).toEqual([]);
  });

  test("stages are no part of a clip's name", () => {
    const story = jobStory().fact("task.created", {
      task_id: "making",
      kind: "stage",
      title: "Make clips",
      parent_id: null,
    });
    story.fact("task.created", { task_id: "s", kind: "scene", title: "Scene 1", parent_id: "making" });
    const before = story.job();
    story.fact("scene.started", { task_id: "s", state: "processing" });
    expect(linesBetween(before, story)).toEqual(["00:00:00  Scene 1: started"]);
  });
});

test("how a follower begins", () => {
  const story = running().progress({ percent_complete: 47.9 });
  expect(standLine(story.job())).toBe("talk.mp4: running, 47 %, 0 of 4 clips done");
});

test("for programs, with the fields of SPEC §4", () => {
  const story = startClips(running(), 1, ["split"]);
  const before = story.job();
  finishClips(story.at(3), 1, ["split"]);
  expect(happeningsBetween(before, story.job(), { everyPercent: 1 })).toEqual([
    {
      type: "task.completed",
      ts: "2026-11-21T10:00:03.000Z",
      job_id: "job_1",
      task_id: "scene_1_split",
      parent_id: "scene_1",
      kind: "clip",
      path: "Scene 1 / split",
      took_ms: 2_000,
    },
  ]);
});
