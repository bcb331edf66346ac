import { summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { declareScenes, finishClips, jobStory, startClips } from "../../test/job-story.ts";
import { paint } from "../terminal/line.ts";
import { renderJobs } from "./render-jobs.ts";

const done = finishClips(
  startClips(
    declareScenes(jobStory("Talk at the café.mp4"), 1, ["split"]).fact("job.state_changed", { new_state: "running" }),
    1,
    ["split"],
  ).at(42),
  1,
  ["split"],
).fact("job.completed", {});
const jobs = [summaryOf(jobStory().job()), summaryOf(done.job())];
const nowMs = done.nowMs + 3 * 60_000;

test("a table, a job a line", () => {
  expect(renderJobs(jobs, { nowMs }).map((line) => paint(line, 200, false))).toEqual([
    "   JOB    STATE      DONE   ITEMS  TOOK  CREATED    TITLE",
    "○  job_1  pending    0 %                 3 min ago  talk.mp4",
    "✓  job_1  completed  100 %  1/1    42 s  3 min ago  Talk at the café.mp4",
  ]);
});

test("titles are cut to the terminal", () => {
  const lines = renderJobs(jobs, { nowMs, columns: 64 }).map((line) => paint(line, 200, false));
  expect(lines[2]).toBe("✓  job_1  completed  100 %  1/1    42 s  3 min ago  Talk at the…");
});

test("none yet: what to do first", () => {
  expect(renderJobs([], { nowMs }).map((line) => paint(line, 200, false))).toEqual([
    "No jobs yet. Start one: playhead clips VIDEO",
  ]);
});
