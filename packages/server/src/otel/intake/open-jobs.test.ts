import { expect, test } from "vitest";
import { createOpenJobs, LOCAL_END_MS } from "./open-jobs.ts";

const HOUR_MS = 3_600_000;

test("a job of which nothing comes for too long has failed; one of which something came has not", () => {
  let nowMs = 0;
  const open = createOpenJobs(() => nowMs);
  open.heard("t", "silent", "a".repeat(32));
  open.heard("t", "alive", "b".repeat(32));
  open.heard("t", "over", "c".repeat(32));
  open.ended("over");
  nowMs = HOUR_MS;
  open.heard("t", "alive", "b".repeat(32));
  expect(open.due(HOUR_MS)).toEqual([]);
  nowMs += 1;
  expect(open.due(HOUR_MS)).toMatchObject([
    {
      job: { jobId: "silent" },
      outcome: {
        state: "failed",
        error: { error_code: "worker_lost", error_message: expect.stringContaining("60 min") },
      },
      atMs: nowMs,
    },
  ]);
});

test("one whose topmost span is another program's child ends as that span did, unless something comes after it", () => {
  let nowMs = 0;
  const open = createOpenJobs(() => nowMs);
  const job = open.heard("t", "served", "a".repeat(32));
  job.localEnd = { outcome: { state: "completed" }, atMs: -5 };
  nowMs = LOCAL_END_MS;
  open.heard("t", "served", "a".repeat(32));
  nowMs += LOCAL_END_MS;
  expect(open.due(HOUR_MS)).toEqual([]);
  nowMs += 1;
  expect(open.due(HOUR_MS)).toEqual([{ job, outcome: { state: "completed" }, atMs: -5 }]);
});
