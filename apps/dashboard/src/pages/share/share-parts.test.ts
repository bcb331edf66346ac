import type { Artifact, Task } from "@playhead/core";
import { expect, test } from "vitest";
import { aTask as task } from "../../../test/a-task.ts";
import { sharePartsOf } from "./share-parts.ts";

const partsOf = (...tasks: readonly Task[]) =>
  sharePartsOf({ tasks: new Map(tasks.map((each) => [each.task_id, each])) });
const done = (task_id: string, ended_at: string, more: Partial<Task> = {}) =>
  task(task_id, { state: "completed", ended_at, ...more });
const still = (url: string): Artifact => ({ type: "thumbnail", name: "still.jpg", url });

test("leaves at work, with what is done to them and what they are part of", () => {
  const scene = task("scene_1", { title: "Harbour at dawn", kind: "scene", child_count: 2, state: "processing" });
  const clip = task("center_focus", {
    parent_id: "scene_1",
    state: "processing",
    step: "rendering",
    percent_complete: 42,
  });
  expect(partsOf(scene, clip, task("split", { parent_id: "scene_1" }))).toEqual({
    atWork: [{ taskId: "center_focus", name: "Center focus", within: "Harbour at dawn", step: "Render", percent: 42 }],
    done: [],
  });
});

test("what is made, newest first; a picture only where the server has it; a stage that is over is no thing made", () => {
  const { done: made } = partsOf(
    done("first", "2026-11-21T10:00:00Z", { artifacts: [still("/media/a/1.jpg")] }),
    done("second", "2026-11-21T10:05:00Z", { artifacts: [still("https://cdn.example/2.jpg")] }),
    done("analysis", "2026-11-21T10:06:00Z", { kind: "stage" }),
    task("third", { state: "failed" }),
  );
  expect(made).toMatchObject([
    { taskId: "second", picture: null },
    { taskId: "first", picture: "/media/a/1.jpg" },
  ]);
});
