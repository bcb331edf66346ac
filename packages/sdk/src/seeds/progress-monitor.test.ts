import { JOB_STATES, JOB_TRANSITIONS, type JobProgress, type JobState } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { setup as setupPlayhead } from "../testing/setup.ts";
import { ProgressMonitor } from "./progress-monitor.ts";

function setup() {
  const world = setupPlayhead();
  const { playhead, clock } = world;
  const complaints: string[] = [];
  const monitor = new ProgressMonitor({
    playhead,
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    warn: (line) => complaints.push(line),
  });
  const states: unknown[] = [];
  const progress: [string, JobProgress][] = [];
  monitor.addStateChangeHandler((...told) => states.push(told));
  monitor.addProgressHandler((...told) => progress.push(told));
  return { ...world, monitor, states, progress, complaints };
}

test("the seed's own run: a job of videos, from registration to its end", async () => {
  const { monitor, engine, clock, states, progress, refused } = setup();
  monitor.startMonitoring();
  monitor.registerJob("j", {
    state: "pending",
    kind: "bulk",
    items_total: 4,
    videos: ["v1", "v2"],
    rate_limited: false,
  });
  monitor.updateJobState("j", "running");
  monitor.updateVideoProgress("j", "v1", { percent_complete: 50 });
  await clock.advance(500);
  expect(progress.at(-1)?.[1]).toMatchObject({ percent_complete: 12.5, items_total: 4, items_pending: 4 });
  monitor.updateVideoProgress("j", "v1", { state: "completed", artifacts: [{ type: "video", url: "/v1.mp4" }] });
  monitor.updateVideoProgress("j", "v2", { state: "failed", error: new Error("no sound") });
  monitor.updateJobProgress("j", { items_skipped: 1, rate_limited: true });
  expect(monitor.isRateLimited("j")).toBe(true);
  await clock.advance(500);
  expect(progress.at(-1)).toMatchObject([
    "j",
    {
      percent_complete: 75,
      items_completed: 1,
      items_failed: 1,
      items_skipped: 1,
      items_pending: 1,
      time_processing_ms: 500,
      average_duration_ms_per_item: 500,
      errors_encountered: 1,
      rate_limited: true,
      eta_ms: expect.any(Number),
    },
  ]);
  monitor.updateJobProgress("j", { items_completed: 2, rate_limited: false });
  monitor.updateJobState("j", "completing");
  monitor.updateJobState("j", "completed", "all done");
  monitor.stopMonitoring();
  await clock.advance(1_000);
  expect(states).toEqual([
    ["j", "pending", "running", null],
    ["j", "running", "completing", null],
    ["j", "completing", "completed", "all done"],
  ]);
  expect(progress.at(-1)?.[1]).toMatchObject({ percent_complete: 100, items_completed: 2 });
  const job = engine.job("j");
  expect([...job.tasks.values()].map(({ task_id, kind, state }) => [task_id, kind, state])).toEqual([
    ["v1", "video", "completed"],
    ["v2", "video", "failed"],
    ["video-1", "video", "skipped"],
    ["video-2", "video", "completed"],
  ]);
  expect(job).toMatchObject({ state: "completed", rate_limited: false });
  expect([engine.refused, refused, clock.timers().all]).toEqual([[], [], 0]);
});

describe("states", () => {
  /** How a job gets to a state. */
  const WAYS: Readonly<Record<Exclude<JobState, "canceling">, readonly JobState[]>> = {
    pending: [],
    running: ["running"],
    pausing: ["running", "pausing"],
    paused: ["running", "pausing", "paused"],
    completing: ["running", "completing"],
    completed: ["running", "completing", "completed"],
    canceled: ["running", "canceling"],
    failed: ["running", "failed"],
  };

  test.for(Object.keys(WAYS) as (keyof typeof WAYS)[])("from %s as the table says", (from) => {
    for (const to of JOB_STATES) {
      if (to === from) continue;
      const { monitor, states } = setup();
      monitor.registerJob("j");
      for (const state of WAYS[from]) monitor.updateJobState("j", state);
      const before = states.length;
      // Outside of job.run a cancel is done at once; and an ended job is not registered any more.
      const code = ["completed", "failed"].includes(from) ? "not_found" : "conflict";
      if (from === "canceled") {
        monitor.updateJobState("j", "canceled");
        expect(states.at(-1)).toEqual(["j", "canceling", "canceled", null]);
      } else if (to === "completed" && from === "running") {
        monitor.updateJobState("j", to);
        expect(states.slice(before)).toEqual([
          ["j", from, "completing", null],
          ["j", "completing", to, null],
        ]);
      } else if (to === "canceled" && JOB_TRANSITIONS[from].canceling) {
        monitor.updateJobState("j", to, "because");
        expect(states.slice(before)).toEqual([
          ["j", from, "canceling", "because"],
          ["j", "canceling", to, "because"],
        ]);
      } else if (JOB_TRANSITIONS[from][to]) {
        monitor.updateJobState("j", to, "because");
        expect(states.slice(before)).toEqual([["j", from, to, "because"]]);
      } else {
        expect(() => monitor.updateJobState("j", to)).toThrow(expect.objectContaining({ code }));
        expect(states.length).toBe(before);
      }
    }
  });

  test("a pause is a pause for the server, and a resume goes on", async () => {
    const { monitor, engine, clock } = setup();
    monitor.registerJob("j", { state: "running" });
    monitor.updateJobState("j", "pausing", "lunch");
    await clock.advance(100);
    expect(engine.job("j")).toMatchObject({ state: "pausing", reason: "lunch" });
    monitor.updateJobState("j", "paused");
    await clock.advance(100);
    expect(engine.job("j").state).toBe("paused");
    monitor.updateJobState("j", "running");
    await clock.advance(100);
    expect(engine.job("j").state).toBe("running");
    expect(engine.refused).toEqual([]);
  });

  test("what people ask for elsewhere is heard while monitoring", async () => {
    const { monitor, engine, clock, states } = setup();
    monitor.registerJob("j", { state: "running" });
    monitor.startMonitoring();
    await clock.advance(100);
    engine.command("j", "cancel", "enough");
    await clock.advance(300);
    expect(states.at(-1)).toEqual(["j", "running", "canceling", null]);
    monitor.updateJobState("j", "canceled", "stopped");
    await clock.advance(100);
    expect(engine.job("j").state).toBe("canceled");
    monitor.stopMonitoring();
  });
});

test("a video that nobody had announced adds to the total", async () => {
  const { monitor, engine, clock } = setup();
  monitor.registerJob("j", { state: "running" });
  monitor.updateVideoProgress("j", "new", { state: "processing" });
  monitor.updateVideoProgress("j", "other", { state: "skipped", reason: "exists" });
  monitor.updateVideoProgress("j", "third", { state: "canceled" });
  await clock.advance(100);
  expect([...engine.job("j").tasks.values()].map(({ task_id, state }) => [task_id, state])).toEqual([
    ["new", "processing"],
    ["other", "skipped"],
    ["third", "canceled"],
  ]);
});

test("a handler that throws is said, and harms nobody; without monitoring no progress is told", async () => {
  const { monitor, clock, complaints, states, progress } = setup();
  monitor.addStateChangeHandler(() => {
    throw new Error("mine");
  });
  monitor.registerJob("j", { items_total: 2 });
  monitor.updateJobState("j", "running");
  await clock.advance(1_000);
  expect(complaints).toEqual(["a handler of the ProgressMonitor threw: mine"]);
  expect([states.length, progress.length]).toEqual([1, 0]);
});

test("a job is registered once; an unknown one is not found", () => {
  const { monitor } = setup();
  monitor.registerJob("j");
  expect(() => monitor.registerJob("j")).toThrow(expect.objectContaining({ code: "conflict" }));
  expect(() => monitor.updateJobProgress("k", {})).toThrow(expect.objectContaining({ code: "not_found" }));
  expect(monitor.isRateLimited("k")).toBe(false);
});
