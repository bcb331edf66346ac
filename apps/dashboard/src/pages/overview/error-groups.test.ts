import { emptyJob, type JobSummary, summaryOf, type ViewedError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { groupErrors } from "./error-groups.ts";

const error = (minute: number, error_message: string, error_code = "encoder_failed"): ViewedError => ({
  error_code,
  error_message,
  error_class: "environment",
  ts: new Date(minute * 60_000).toISOString(),
  task_id: null,
});
const job = (id: string, ...errors: readonly ViewedError[]): JobSummary => ({ ...summaryOf(emptyJob(id)), errors });

test("errors of one cause are one, with how often, in how many jobs, since when; the last first", () => {
  const groups = groupErrors([
    job("a", error(1, "frame 17 of clip_9.mp4 is broken"), error(9, "the disk is full", "disk_full")),
    job("b", error(5, "frame 4 of clip_12.mp4 is broken"), error(3, 'frame 4 of "x y" is broken')),
  ]);
  expect(
    groups.map(({ newest, job, count, jobCount, firstMs, lastMs }) => [
      newest.error_message,
      job.job_id,
      count,
      jobCount,
      firstMs / 60_000,
      lastMs / 60_000,
    ]),
  ).toEqual([
    ["the disk is full", "a", 1, 1, 9, 9],
    ["frame 4 of clip_12.mp4 is broken", "b", 3, 2, 1, 5],
  ]);
});

test.each([
  ["the same words of another code", error(1, "it broke"), error(1, "it broke", "task_failed")],
  ["other words of the same code", error(1, "it broke"), error(1, "it stopped")],
])("%s are another cause", (_, one, other) => expect(groupErrors([job("a", one, other)])).toHaveLength(2));

test("no error is lost, and none counted twice", () => {
  const errors = fc.array(
    fc.tuple(fc.nat(100), fc.constantFrom("a 1", "a 2", "b /tmp/x", "b /y"), fc.constantFrom("c", "d")),
  );
  fc.assert(
    fc.property(fc.array(errors), (given) => {
      const jobs = given.map((each, at) =>
        job(`j${at}`, ...each.map(([minute, text, code]) => error(minute, text, code))),
      );
      const groups = groupErrors(jobs);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(given.flat().length);
      for (const { firstMs, lastMs } of groups) expect(firstMs).toBeLessThanOrEqual(lastMs);
      expect(groups.map(({ lastMs }) => lastMs)).toEqual(groups.map(({ lastMs }) => lastMs).sort((a, b) => b - a));
    }),
  );
});
