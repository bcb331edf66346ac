import { draftOf, emptyJob, type JobDraft, type JobState } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { createControlDeadlines } from "./control-deadlines.ts";

const START = Date.parse("2026-11-21T10:42:00.000Z");
const at = (ms: number) => new Date(START + ms).toISOString();

function setup(state: JobState, fields: Partial<JobDraft> = {}) {
  const job = draftOf({ ...emptyJob("j"), state, started_at: at(0), ...fields });
  const done: unknown[] = [];
  const deadlines = createControlDeadlines({
    limits: () => ({ pauseDeadlineMs: 10_000, cancelDeadlineMs: 5_000 }),
    command: (tenantId, jobId, verb, reason) => done.push([tenantId, jobId, verb, reason]),
    endCanceled: (tenantId, jobId, reason) => done.push([tenantId, jobId, "end", reason]),
  });
  return { job, done, check: (ms: number) => deadlines.check(job, START + ms) };
}

describe("what was asked and not done in time", () => {
  test("a cancel that no worker obeys is carried out by the server, with its reason", () => {
    const { done, check } = setup("canceling", { reason: "not needed" });
    check(0);
    check(4_999);
    expect(done).toEqual([]);
    check(5_000);
    expect(done).toEqual([["default", "j", "end", "not needed"]]);
  });

  test("a pause that comes to no checkpoint is given up", () => {
    const { done, check } = setup("pausing");
    check(0);
    check(9_999);
    expect(done).toEqual([]);
    check(10_000);
    expect(done).toMatchObject([["default", "j", "resume", expect.any(String)]]);
  });

  test("the time begins anew with each state", () => {
    const { job, done, check } = setup("pausing");
    check(0);
    job.state = "running";
    check(8_000);
    job.state = "pausing";
    check(9_000);
    check(18_000);
    expect(done).toEqual([]);
    check(19_000);
    expect(done).toHaveLength(1);
  });
});

describe("work that takes longer than it may", () => {
  test.each(["running", "pausing", "paused"] as const)("is canceled when %s, for that reason", (state) => {
    const { done, check } = setup(state, { processing_deadline_ms: 60_000 });
    check(60_000);
    expect(done).toEqual([]);
    check(60_001);
    expect(done).toEqual([["default", "j", "cancel", "deadline_exceeded"]]);
  });

  test("does not count its pauses", () => {
    const { done, check } = setup("running", { processing_deadline_ms: 60_000, paused_ms: 20_000 });
    check(80_000);
    expect(done).toEqual([]);
    check(80_001);
    expect(done).toHaveLength(1);
  });

  test("is let be when it has not begun, completes, or has no deadline", () => {
    for (const [state, fields] of [
      ["pending", { processing_deadline_ms: 1, started_at: null }],
      ["completing", { processing_deadline_ms: 1 }],
      ["running", {}],
    ] as const) {
      const { done, check } = setup(state, fields);
      check(1e9);
      expect(done).toEqual([]);
    }
  });
});
