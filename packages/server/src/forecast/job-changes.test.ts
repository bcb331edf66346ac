import type { JsonObject, PlayheadEvent, Task } from "@playhead/core";
import { applyEvent, draftOf, emptyJob } from "@playhead/core";
import { expect, it } from "vitest";
import { createJobChanges, type JobChange } from "./job-changes.ts";

/** A job that is fed as the ingest feeds it; what is heard comes a second later. */
function setup() {
  const backlog = { size: 0 };
  let seq = 0;
  const changes = createJobChanges({ nowMs: () => (seq + 1) * 1_000, backlog });
  const draft = draftOf(emptyJob("job"));

  function happens(type: PlayheadEvent["type"], data: JsonObject): boolean {
    seq += 1;
    const event = { type, ts: new Date(seq * 1_000).toISOString(), job_id: "job", seq, correlation_id: "c", data };
    const find = () => (typeof data.task_id === "string" ? draft.tasks.get(data.task_id) : undefined);
    const before = find();
    applyEvent(draft, event);
    return changes.add(event, before, find());
  }

  return {
    ...{ changes, backlog, happens },
    task: (task_id: string, type: PlayheadEvent["type"], more: JsonObject = {}) => happens(type, { task_id, ...more }),
    create: (task_id: string) => happens("task.created", { task_id, kind: "clip", title: task_id }),
    taken(most = 1_000): readonly string[] {
      const words: string[] = [];
      changes.take(most, (change) => words.push(wordOf(change)));
      return words;
    },
  };
}

function wordOf(change: JobChange): string {
  const when = `${Date.parse(change.ts) / 1_000}s heard ${(change.heardMs ?? Number.NaN) / 1_000}s`;
  if (!("after" in change)) return `${change.type} ${when}`;
  const { before, after } = change;
  const said = (task: Pick<Task, "state" | "percent_complete">) => `${task.state} ${task.percent_complete}`;
  return `${after.task_id}: ${before === undefined ? "new" : said(before)} → ${said(after)} ${when}`;
}

it("keeps each change of state, and of progress the last word of each task, in the order of their times", () => {
  const { happens, task, create, taken, changes, backlog } = setup();
  happens("job.created", { kind: "clips", title: "t" });
  create("a");
  create("b");
  task("a", "task.step_changed", { step: "rendering", percent_complete: 0 });
  task("b", "task.step_changed", { step: "rendering", percent_complete: 0 });
  task("a", "task.step_changed", { step: "rendering", percent_complete: 10 });
  task("b", "task.step_changed", { step: "rendering", percent_complete: 20 });
  task("a", "task.step_changed", { step: "uploading", percent_complete: 60 });
  expect(changes.size()).toBe(6);
  expect(backlog.size).toBe(6);
  expect(taken()).toEqual([
    "a: new → pending 0 2s heard 3s",
    "b: new → pending 0 3s heard 4s",
    "a: pending 0 → processing 0 4s heard 5s",
    "b: pending 0 → processing 0 5s heard 6s",
    "b: processing 0 → processing 20 7s heard 8s",
    "a: processing 0 → processing 60 8s heard 9s",
  ]);
  expect(backlog.size).toBe(0);
});

it("says what is news: not what leaves a task where it was, and not the job's own word of its progress", () => {
  const { happens, task, create } = setup();
  expect(happens("job.created", { kind: "clips", title: "t" })).toBe(false);
  expect(happens("job.state_changed", { old_state: "pending", new_state: "running" })).toBe(true);
  expect(create("a")).toBe(true);
  expect(task("a", "task.step_changed", { step: "one", percent_complete: 5 })).toBe(true);
  expect(task("a", "task.step_changed", { step: "two", percent_complete: 5 })).toBe(false);
  expect(happens("job.liveness_changed", { liveness: "slow" })).toBe(false);
  expect(happens("job.updated", { rate_limited: true })).toBe(true);
  expect(task("a", "task.completed")).toBe(true);
});

it("never moves what has been handed out, and what was before all else comes before it", () => {
  const { happens, task, create, taken, changes, backlog } = setup();
  create("a");
  task("a", "task.step_changed", { step: "one", percent_complete: 0 });
  task("a", "task.step_changed", { step: "one", percent_complete: 10 });
  expect(taken(3)).toHaveLength(3);
  task("a", "task.step_changed", { step: "one", percent_complete: 30 });
  happens("job.updated", { rate_limited: false });
  changes.prepend([{ ts: new Date(0).toISOString(), heardMs: null, type: "job.updated", data: {} }]);
  expect(backlog.size).toBe(3);
  expect(taken()).toEqual([
    "job.updated 0s heard NaNs",
    "a: processing 10 → processing 30 4s heard 5s",
    "job.updated 5s heard 6s",
  ]);
  task("a", "task.completed");
  changes.clear();
  expect([backlog.size, changes.size(), taken()]).toEqual([0, 0, []]);
});
