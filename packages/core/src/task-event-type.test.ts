import { describe, expect, test } from "vitest";
import { EVENT_TYPES } from "./event.ts";
import { taskStateAfter } from "./task-data.ts";
import { IDENTITY_FIELDS, type TaskChange, taskEventType } from "./task-event-type.ts";

const CHANGES: readonly TaskChange[] = [
  "created",
  "started",
  "step_changed",
  "progressed",
  "retried",
  "artifact_added",
  "completed",
  "failed",
  "skipped",
  "canceled",
];

/** The names of the specification, §4, once more; what is not here has the plain name. */
const NAMES: Readonly<Record<string, Partial<Record<TaskChange, string>>>> = {
  scene: { started: "scene.started", completed: "scene.completed", failed: "scene.completed" },
  clip: {
    step_changed: "clip.progress",
    progressed: "clip.progress",
    artifact_added: "clip.uploaded",
    completed: "clip.progress",
    failed: "clip.progress",
  },
  video: {
    created: "video.created",
    started: "video.updated",
    step_changed: "video.updated",
    progressed: "video.updated",
    completed: "video.completed",
    failed: "video.failed",
    skipped: "video.skipped",
    canceled: "video.canceled",
  },
  stage: { started: "stage.started", completed: "stage.completed", failed: "stage.failed" },
  step: {},
  toString: {},
  "": {},
};

const cells = Object.entries(NAMES).flatMap(([kind, names]) =>
  CHANGES.map((change) => ({
    kind,
    change,
    expected: names[change] ?? (change === "progressed" ? "progress.updated" : `task.${change}`),
  })),
);

describe("the name of a task's event", () => {
  test.each(cells)("I33: a $kind that is $change says $expected", ({ kind, change, expected }) => {
    const type = taskEventType(kind, change);
    expect(type).toBe(expected);
    expect(EVENT_TYPES[type].subject).toBe("task");
    const isTick = change === "progressed";
    expect(["both", isTick ? "tick" : "fact"]).toContain(EVENT_TYPES[type].class);
  });

  test.each(cells.filter(({ change }) => /^(completed|failed|skipped|canceled)$/.test(change)))(
    "I33: $expected, with the state or the last step in its data, says that a $kind is $change",
    ({ kind, change }) => {
      const type = taskEventType(kind, change);
      expect(taskStateAfter(type, { state: change }, "processing")).toBe(change);
      const step = change === "completed" ? "complete" : change;
      if (kind !== "scene") expect(taskStateAfter(type, { step }, "processing")).toBe(change);
    },
  );

  test("each kind that has names of its own says which of them it is", () => {
    expect(Object.keys(IDENTITY_FIELDS).toSorted()).toEqual(["clip", "scene", "stage", "video"]);
  });
});
