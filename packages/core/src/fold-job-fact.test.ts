import { describe, expect, test } from "vitest";
import { createLedger, createRunningLedger, JOB_ID, START_MS, TRACE_ID } from "../test-support/ledger.ts";
import { fold } from "./fold.ts";
import { MAX_ARTIFACTS, MAX_ERRORS } from "./job.ts";
import { activeMs, progressAt, workingMs } from "./job-progress.ts";

const at = (ms: number): string => new Date(START_MS + ms).toISOString();

describe("a job's own facts", () => {
  test("a creation says who, what and whose", () => {
    const { job, report } = createLedger();
    report("job.created", {
      kind: "clips",
      title: "Episode 12",
      tenant_id: "acme",
      user_id: "u_7",
      worker: "w_1",
      metadata: { season: 3 },
      attempt: 2,
      retry_of: "job_0",
      processing_deadline_ms: 60_000,
    });
    expect(job).toMatchObject({
      job_id: JOB_ID,
      kind: "clips",
      title: "Episode 12",
      tenant_id: "acme",
      user_id: "u_7",
      worker: "w_1",
      metadata: { season: 3 },
      attempt: 2,
      retry_of: "job_0",
      processing_deadline_ms: 60_000,
      state: "pending",
      correlation_id: TRACE_ID,
      created_at: at(0),
      seq: 1,
    });
    expect(job.progress.processing_deadline_ms).toBe(60_000);
  });

  test("liveness is as it was told last, since when and why, and ok once the job has ended", () => {
    const { job, report } = createRunningLedger();
    const ok = { liveness: "ok", liveness_since: null, liveness_reason: null };
    expect(job).toMatchObject(ok);
    const reason = "nothing advanced for 2 min";
    report("job.liveness_changed", { liveness: "stalled", reason });
    expect(job).toMatchObject({ liveness: "stalled", liveness_since: at(1_000), liveness_reason: reason });
    report("job.liveness_changed", { liveness: "slow" });
    expect(job).toMatchObject({ liveness: "slow", liveness_reason: null });
    report("job.liveness_changed", { liveness: "ok", reason: "it moves again" });
    expect(job).toMatchObject(ok);
    report("job.liveness_changed", { liveness: "lost", reason });
    expect(job).toMatchObject({ liveness: "lost", liveness_reason: reason });
    report("job.failed", { error_code: "worker_lost" });
    expect(job).toMatchObject({ state: "failed", ...ok });
  });

  test("a job that has ended says its rate out of facts, whatever ticks were missed", () => {
    const { job, report, wait } = createRunningLedger();
    for (const task_id of ["a", "b", "c"]) {
      report("task.created", { task_id, kind: "clip" });
      report("task.started", { task_id });
      wait(10_000);
      report("task.completed", { task_id });
    }
    expect(job.progress.items_per_minute).toBeNull();
    report("job.completed", {});
    expect(job.progress.items_per_minute).toBeCloseTo((3 * 60_000) / activeMs(job, Date.parse(job.ended_at ?? "")), 2);
  });

  test("a creation that says little, or nonsense, leaves the defaults", () => {
    const { job, report } = createLedger();
    report("job.created", {
      title: "",
      kind: 7,
      metadata: [],
      attempt: -3,
      user_id: "",
      processing_deadline_ms: "soon",
    });
    expect(job).toMatchObject({
      kind: "job",
      title: JOB_ID,
      metadata: {},
      attempt: 1,
      user_id: null,
      processing_deadline_ms: null,
    });
  });

  test("a creation counts as the first fact only", () => {
    const { job } = createRunningLedger();
    const stray = { type: "job.created", ts: at(0), job_id: JOB_ID, correlation_id: TRACE_ID } as const;
    const after = fold(job, { ...stray, seq: job.seq + 1, data: { title: "another", kind: "merge" } });
    expect(after).toEqual({ ...job, seq: job.seq + 1 });
  });

  test("an update changes what it names", () => {
    const { job, report } = createRunningLedger();
    report("job.updated", { rate_limited: true, processing_deadline_ms: 5_000 });
    expect(job).toMatchObject({ title: "Episode 12", rate_limited: true, processing_deadline_ms: 5_000 });
    report("job.updated", { title: "Episode 13", rate_limited: false, processing_deadline_ms: null });
    expect(job).toMatchObject({ title: "Episode 13", rate_limited: false, processing_deadline_ms: null });
    expect(job.progress).toMatchObject({ rate_limited: false, processing_deadline_ms: null });
  });

  test("the first running is the start, and says how long it took to get there", () => {
    const { job, report, wait } = createRunningLedger();
    expect(job).toMatchObject({ state: "running", started_at: at(1_000) });
    expect(job.progress).toMatchObject({ start_time: at(1_000), time_to_start_ms: 1_000 });
    wait(5_000);
    report("job.state_changed", { new_state: "pausing" });
    report("job.state_changed", { new_state: "running" });
    expect(job.started_at).toBe(at(1_000));
  });

  test("I17: time spent paused does not count as active, whether the pause lasts, is over, or ended with the job", () => {
    const { job, report, wait, nowMs } = createRunningLedger();
    wait(10_000);
    report("job.state_changed", { new_state: "pausing" });
    wait(500);
    report("job.state_changed", { new_state: "paused", reason: "lunch" });
    expect(job).toMatchObject({ reason: "lunch", paused_since: at(11_500), paused_ms: 0 });
    wait(60_000);
    expect(activeMs(job, nowMs())).toBe(10_500);
    report("job.state_changed", { new_state: "running" });
    wait(2_000);
    expect(job).toMatchObject({ reason: null, paused_since: null, paused_ms: 60_000 });
    expect(activeMs(job, nowMs())).toBe(12_500);
    report("job.state_changed", { new_state: "pausing" });
    report("job.state_changed", { new_state: "paused" });
    wait(30_000);
    report("job.canceled", { reason: "not wanted any more" });
    wait(99_000);
    expect(job).toMatchObject({ state: "canceled", paused_ms: 90_000, paused_since: null });
    expect(activeMs(job, nowMs())).toBe(12_500);
  });

  test("I35: a wait on someone else's limit is kept out of the rate, and counts only while the job could run", () => {
    const { job, report, wait, nowMs } = createRunningLedger();
    wait(10_000);
    report("job.updated", { rate_limited: true });
    wait(60_000);
    expect(workingMs(job, nowMs())).toBe(10_000);
    expect(activeMs(job, nowMs())).toBe(70_000);
    report("job.state_changed", { new_state: "pausing" });
    report("job.state_changed", { new_state: "paused" });
    wait(5_000);
    expect(job).toMatchObject({ limited_ms: 60_000, limited_since: null });
    report("job.state_changed", { new_state: "running" });
    wait(1_000);
    expect(workingMs(job, nowMs())).toBe(10_000);
    report("job.updated", { rate_limited: false });
    wait(2_000);
    expect(job).toMatchObject({ limited_ms: 61_000, limited_since: null });
    expect(workingMs(job, nowMs())).toBe(12_000);
    expect(progressAt(job, 0.5, nowMs()).eta_ms).toBe(12_000);
    report("job.updated", { rate_limited: true });
    wait(30_000);
    report("job.failed", {});
    wait(1_000);
    expect(job).toMatchObject({ state: "failed", limited_ms: 91_000, limited_since: null });
    expect(workingMs(job, nowMs())).toBe(12_000);
  });

  test("active time is 0 before the start, and never negative when clocks disagree", () => {
    const { job, report } = createLedger();
    report("job.created", {});
    expect(activeMs(job, START_MS + 5_000)).toBe(0);
    report("job.state_changed", { new_state: "running" });
    expect(activeMs(job, START_MS - 5_000)).toBe(0);
  });

  test("what is open when a job ends is canceled with it, and says why", () => {
    const { job, report } = createRunningLedger();
    report("task.created", { task_id: "t1", kind: "clip" });
    report("task.step_changed", { task_id: "t1", step: "rendering" });
    report("task.created", { task_id: "t2", kind: "clip" });
    report("job.canceled", { reason: "not wanted any more" });
    expect(job.tasks.get("t1")).toMatchObject({
      state: "canceled",
      reason: "not wanted any more",
      ended_at: at(1_000),
    });
    expect(job.tasks.get("t1")?.steps).toEqual([{ step: "rendering", started_at: at(1_000), ended_at: at(1_000) }]);
    expect(job.tasks.get("t2")).toMatchObject({ state: "canceled", started_at: null });
    expect(job.progress).toMatchObject({ items_canceled: 2, items_pending: 0, current_step: null, eta_ms: null });
  });

  test("a completion leaves nothing to come, a summary and artifacts", () => {
    const { job, report } = createRunningLedger();
    report("job.artifact_added", { artifact: { type: "manifest", name: "manifest.json" } });
    report("job.completed", {
      summary: { clips: 2 },
      artifacts: [{ type: "report", name: "report.json" }, "nonsense"],
    });
    expect(job).toMatchObject({ state: "completed", summary: { clips: 2 }, error: null, ended_at: at(1_000) });
    expect(job.artifacts).toEqual([
      { type: "manifest", name: "manifest.json" },
      { type: "report", name: "report.json" },
    ]);
    expect(job.progress).toMatchObject({ percent_complete: 100, eta_ms: 0, estimated_completion: at(1_000) });
  });

  test("a failure says what ended it, with the class that its code has", () => {
    const { job, report } = createRunningLedger();
    report("job.failed", { error_code: "disk_full", error_message: "the disk is full", hint: "free 2 GB" });
    const error = {
      error_code: "disk_full",
      error_message: "the disk is full",
      error_class: "environment",
      ts: at(1_000),
      task_id: null,
      hint: "free 2 GB",
    };
    expect(job).toMatchObject({ state: "failed", reason: "disk_full", error, errors: [error] });
    expect(job.progress.errors_encountered).toBe(1);
  });

  test("all errors are counted, the newest are kept", () => {
    const { job, report } = createRunningLedger();
    for (let index = 1; index <= MAX_ERRORS + 5; index += 1) {
      report("task.created", { task_id: `t${index}`, kind: "clip" });
      report("task.failed", { task_id: `t${index}`, error_code: "ffmpeg_failed", error_message: `number ${index}` });
    }
    expect(job.progress.errors_encountered).toBe(MAX_ERRORS + 5);
    expect(job.errors).toHaveLength(MAX_ERRORS);
    expect(job.errors.at(-1)).toMatchObject({
      error_message: `number ${MAX_ERRORS + 5}`,
      task_id: `t${MAX_ERRORS + 5}`,
    });
  });

  test("an artifact of the same name and type replaces the one before; the oldest go when there are too many", () => {
    const { job, report } = createRunningLedger();
    report("job.artifact_added", { artifact: { type: "manifest", name: "a.json", size_bytes: 1 } });
    report("job.artifact_added", { artifact: { type: "manifest", name: "a.json", size_bytes: 2, url: 7 } });
    expect(job.artifacts).toEqual([{ type: "manifest", name: "a.json", size_bytes: 2 }]);
    for (let index = 0; index < MAX_ARTIFACTS; index += 1) {
      report("job.artifact_added", { artifact: { type: "video", name: `${index}.mp4` } });
    }
    expect(job.artifacts).toHaveLength(MAX_ARTIFACTS);
    expect(job.artifacts[0]?.name).toBe("0.mp4");
  });
});
