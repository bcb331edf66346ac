import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRunningLedger, JOB_ID } from "../test-support/ledger.ts";
import { anyIntents, play } from "../test-support/legal-history.ts";
import { fold } from "./fold.ts";
import { emptyJob } from "./job-draft.ts";
import { activeMs, progressAt } from "./job-progress.ts";

describe("a job's progress", () => {
  test("I18: what viewers are told never falls over any history", () => {
    fc.assert(
      fc.property(anyIntents(), (intents) => {
        let job = emptyJob(JOB_ID);
        let last = 0;
        for (const event of play(intents).events) {
          job = fold(job, event);
          expect(job.progress.percent_complete).toBeGreaterThanOrEqual(last);
          last = job.progress.percent_complete;
        }
      }),
      { numRuns: 400 },
    );
  });

  test("I19: it is exactly 100 when the job has completed, and below 100 before and after any other end", () => {
    fc.assert(
      fc.property(anyIntents(), fc.double({ min: 0, max: 1, noNaN: true }), (intents, fraction) => {
        const ledger = play(intents);
        let job = emptyJob(JOB_ID);
        for (const event of ledger.events) {
          job = fold(job, event);
          if (job.state === "completed") expect(job.progress.percent_complete).toBe(100);
          else expect(job.progress.percent_complete).toBeLessThan(100);
        }
        const { percent_complete } = progressAt(job, fraction, ledger.nowMs());
        expect(percent_complete === 100).toBe(job.state === "completed");
      }),
      { numRuns: 400 },
    );
  });

  test("I19: a tick that says 100 before the end is not believed", () => {
    const { job, tick, report } = createRunningLedger();
    tick("job.progress", { percent_complete: 100 });
    expect(job.progress.percent_complete).toBe(99.99);
    expect(progressAt(job, 1, Date.parse(job.started_at ?? "") + 1).percent_complete).toBe(99.99);
    report("job.failed", {});
    tick("job.progress", { percent_complete: 100 });
    expect(job.progress.percent_complete).toBe(99.99);
  });

  test("I24: over any history the forecast is in order, never negative, and the numbers are finite", () => {
    fc.assert(
      fc.property(anyIntents(), fc.nat(100_000), (intents, laterMs) => {
        const { job, tree, nowMs } = play(intents);
        const progress = progressAt(job, tree.fraction(), nowMs() + laterMs);
        for (const value of Object.values(progress)) {
          if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
          if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
        }
        const { eta_ms, eta_low_ms, eta_high_ms, estimated_completion } = progress;
        const known = [eta_ms, eta_low_ms, eta_high_ms, estimated_completion].filter((value) => value !== null);
        expect([0, 4]).toContain(known.length);
        if (eta_ms === null || eta_low_ms === null || eta_high_ms === null) return;
        expect(eta_low_ms).toBeLessThanOrEqual(eta_ms);
        expect(eta_ms).toBeLessThanOrEqual(eta_high_ms);
      }),
      { numRuns: 400 },
    );
  });

  test("I24: there is a forecast as soon as time has passed and something is done", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1e9), (fraction, laterMs) => {
        const { job, nowMs } = createRunningLedger();
        const now = nowMs() + laterMs;
        const known = fraction >= 0.002 && activeMs(job, now) > 0;
        expect(progressAt(job, fraction, now).eta_ms !== null).toBe(known);
      }),
    );
  });

  test("I17: a pause moves neither the rate nor the time left", () => {
    const { job, report, wait, nowMs } = createRunningLedger();
    report("task.created", { task_id: "t1", kind: "clip" });
    report("task.created", { task_id: "t2", kind: "clip" });
    report("task.started", { task_id: "t1" });
    wait(30_000);
    report("clip.progress", { task_id: "t1", step: "complete" });
    const running = progressAt(job, 0.5, nowMs());
    expect(running).toMatchObject({ items_completed: 1, items_per_minute: 2, eta_ms: 30_000 });
    report("job.state_changed", { new_state: "pausing" });
    report("job.state_changed", { new_state: "paused" });
    wait(600_000);
    const paused = progressAt(job, 0.5, nowMs());
    expect(paused).toMatchObject({ items_per_minute: 2, eta_ms: 30_000, eta_low_ms: running.eta_low_ms });
    expect(Date.parse(paused.estimated_completion ?? "")).toBe(nowMs() + 30_000);
  });

  test("the percentage has two digits, rounded down", () => {
    const { job, nowMs } = createRunningLedger();
    expect(progressAt(job, 0.123_49, nowMs()).percent_complete).toBe(12.34);
    expect(progressAt(job, 0.57, nowMs()).percent_complete).toBe(57);
  });

  test("a better estimator can take over, and may say that it knows nothing", () => {
    const { job, nowMs } = createRunningLedger();
    const told: unknown[] = [];
    const progress = progressAt(job, 0.4, nowMs() + 2_000, (input) => {
      told.push(input);
      return null;
    });
    expect(told).toEqual([{ nowMs: nowMs() + 2_000, activeMs: 2_000, fraction: 0.4 }]);
    expect(progress).toMatchObject({
      percent_complete: 40,
      eta_ms: null,
      eta_low_ms: null,
      estimated_completion: null,
    });
  });

  test("of a job that has ended nothing changes any more", () => {
    const { job, report, nowMs } = createRunningLedger();
    report("job.completed", {});
    expect(progressAt(job, 0.2, nowMs() + 9_000)).toBe(job.progress);
  });
});
