import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRunningLedger, type Ledger } from "../test-support/ledger.ts";
import { fold, foldAll } from "./fold.ts";
import { jobFromSnapshot, MAX_SNAPSHOT_TASKS, snapshotOf, summaryOf } from "./snapshot.ts";
import { isFinalTaskState } from "./task-state.ts";

/** A running job of many clips in scenes; every `settle`th is done, and every `work`th of the rest is at work. */
function manyTasks({ scenes = 0, clips = 0, settle = 0, work = 0 }): Ledger {
  const ledger = createRunningLedger();
  for (let index = 0; index < scenes; index += 1) {
    ledger.report("task.created", { task_id: `s${index}`, kind: "scene" });
  }
  for (let index = 0; index < clips; index += 1) {
    const task_id = `c${index}`;
    const parent_id = scenes === 0 ? null : `s${index % scenes}`;
    const settled = settle > 0 && index % settle === 0;
    ledger.report("task.created", { task_id, kind: "clip", parent_id });
    if (settled) ledger.report("task.skipped", { task_id });
    else if (work > 0 && index % work === 0) ledger.report("task.started", { task_id });
  }
  return ledger;
}

describe("a snapshot", () => {
  test("I28: holds at most 500 tasks, each with its ancestors, parents first; those at work before all others", () => {
    const size = fc.record({
      scenes: fc.integer({ min: 0, max: 400 }),
      clips: fc.integer({ min: 0, max: 900 }),
      settle: fc.integer({ min: 0, max: 4 }),
      work: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(size, (given) => {
        const { job } = manyTasks(given);
        const { tasks, tasks_total, open_tasks_omitted = 0 } = snapshotOf(job);
        expect(tasks_total).toBe(job.tasks.size);
        expect(tasks.length).toBeLessThanOrEqual(MAX_SNAPSHOT_TASKS);
        expect(tasks.length).toBeGreaterThan(Math.min(job.tasks.size, MAX_SNAPSHOT_TASKS) - 2);
        const held = new Set<string>();
        for (const task of tasks) {
          if (task.parent_id !== null) expect(held.has(task.parent_id)).toBe(true);
          held.add(task.task_id);
        }
        const left = [...job.tasks.values()].filter(({ task_id }) => !held.has(task_id));
        expect(open_tasks_omitted).toBe(left.filter(({ state }) => !isFinalTaskState(state)).length);
        const working = [...job.tasks.values()].filter(({ state }) => state === "processing");
        if (working.length <= 250) expect(working.every(({ task_id }) => held.has(task_id))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("I28: open tasks are kept before settled ones, and of those the newest", () => {
    const { job } = manyTasks({ clips: 1_000, settle: 4 });
    const kept = snapshotOf(job).tasks;
    expect(kept.every(({ state }) => state === "pending")).toBe(true);
    expect(kept[0]?.task_id).toBe("c1");
    const { job: settled } = manyTasks({ clips: 1_000, settle: 1 });
    const newest = snapshotOf(settled).tasks.map(({ task_id }) => task_id);
    expect(newest).toEqual(Array.from({ length: MAX_SNAPSHOT_TASKS }, (_, index) => `c${index + 500}`));
  });

  test("I28: a task for whose ancestors there is no room is left out, and one that fits is taken", () => {
    const { job, report } = createRunningLedger();
    report("task.created", { task_id: "solo", kind: "clip", state: "processing" });
    for (let index = 0; index < 300; index += 1) {
      report("task.created", { task_id: `s${index}`, kind: "scene" });
      report("task.created", { task_id: `c${index}`, kind: "clip", parent_id: `s${index}`, state: "processing" });
    }
    const ids = snapshotOf(job).tasks.map(({ task_id }) => task_id);
    expect(ids).toHaveLength(MAX_SNAPSHOT_TASKS);
    expect(ids).toContain("c248");
    expect(ids).not.toContain("c249");
    expect(ids).toContain("s249");
  });

  test("is small for a small job, and says nothing of omissions", () => {
    const { job } = manyTasks({ clips: 3 });
    const snapshot = snapshotOf(job);
    expect(snapshot.tasks.map(({ task_id }) => task_id)).toEqual(["c0", "c1", "c2"]);
    expect(snapshot).not.toHaveProperty("open_tasks_omitted");
    expect(summaryOf(job)).not.toHaveProperty("tasks");
  });

  test("I29: with every open task in it, it goes on counting as the whole job does", () => {
    const ledger = manyTasks({ scenes: 5, clips: 900, settle: 2 });
    const viewer = jobFromSnapshot(snapshotOf(ledger.job));
    const { length } = ledger.events;
    for (let index = 1; index < 900; index += 2) {
      ledger.report("task.started", { task_id: `c${index}` });
      ledger.wait(10);
      ledger.report("clip.progress", { task_id: `c${index}`, step: "complete" });
      // An artifact of a task that was left out makes no task of it.
      ledger.report("clip.uploaded", { task_id: "c0", artifact: { type: "video", name: `${index}.mp4` } });
    }
    const seen = foldAll(viewer, ledger.events.slice(length));
    expect(seen.tasks.size).toBe(MAX_SNAPSHOT_TASKS);
    expect(summaryOf(seen)).toEqual(summaryOf(ledger.job));
  });

  test("I29: with open tasks left out, the items are those that the last tick told, until the end", () => {
    const ledger = manyTasks({ clips: 2_000 });
    let viewer = jobFromSnapshot(JSON.parse(JSON.stringify(snapshotOf(ledger.job))));
    expect(viewer.open_tasks_omitted).toBe(1_500);
    expect(snapshotOf(viewer).open_tasks_omitted).toBe(1_500);
    // Those that were left out first: what is known of the others must not bring the numbers back.
    for (let index = 1_960; index >= 0; index -= 40) {
      const { length } = ledger.events;
      ledger.report("task.started", { task_id: `c${index}` });
      ledger.wait(1_000);
      if (index % 80 === 0) ledger.report("clip.progress", { task_id: `c${index}`, step: "complete" });
      else ledger.report("clip.progress", { task_id: `c${index}`, step: "failed", error_code: "decode_failed" });
      ledger.sayProgress();
      for (const event of ledger.events.slice(length)) {
        const { items_completed, items_failed } = viewer.progress;
        viewer = fold(viewer, event);
        expect(viewer.progress.items_total).toBe(2_000);
        expect(viewer.progress.items_completed).toBeGreaterThanOrEqual(items_completed);
        expect(viewer.progress.items_failed).toBeGreaterThanOrEqual(items_failed);
      }
      expect(viewer.progress).toEqual(ledger.job.progress);
    }
    const { length } = ledger.events;
    ledger.report("job.failed", { error_code: "disk_full" });
    viewer = foldAll(viewer, ledger.events.slice(length));
    expect(viewer.progress).toEqual(ledger.job.progress);
    expect(viewer.progress).toMatchObject({ items_pending: 0, items_canceled: 1_950, steps_completed: 2_000 });
    expect(viewer).not.toHaveProperty("open_tasks_omitted");
  });
});
