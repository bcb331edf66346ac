import type { Job, Task } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { aTask as task } from "../../../test/a-task.ts";
import {
  branchesOf,
  cardsOf,
  foldedAtFirst,
  lineageOf,
  segmentsOf,
  tallyOf,
  timelineRows,
  withoutTrunk,
  workedMs,
} from "./tracks.ts";

const at = (sec: number) => new Date(Date.parse("2026-11-21T10:00:00.000Z") + sec * 1_000).toISOString();
const ms = (sec: number) => Date.parse(at(sec));

const job = (...tasks: readonly Task[]): Pick<Job, "tasks"> => ({
  tasks: new Map(tasks.map((each) => [each.task_id, each])),
});

describe("segments", () => {
  test("what waits is a line that goes on", () => {
    expect(segmentsOf(task("a"))).toEqual([{ kind: "wait", step: null, startMs: ms(0), endMs: null }]);
  });

  test("what never started waited until it ended", () => {
    expect(segmentsOf(task("a", { state: "canceled", ended_at: at(9) }))).toEqual([
      { kind: "wait", step: null, startMs: ms(0), endMs: ms(9) },
    ]);
  });

  test("work without steps is one block", () => {
    const segments = segmentsOf(task("a", { state: "completed", started_at: at(2), ended_at: at(5) }));
    expect(segments).toEqual([
      { kind: "wait", step: null, startMs: ms(0), endMs: ms(2) },
      { kind: "work", step: null, startMs: ms(2), endMs: ms(5) },
    ]);
  });

  test("each step is as long as it took; after a milestone one waits for the next", () => {
    const steps = [
      { step: "extracting_segment", started_at: at(1), ended_at: at(2) },
      { step: "rendering", started_at: at(2), ended_at: at(6) },
      { step: "render_complete", started_at: at(6), ended_at: at(8) },
      { step: "uploading", started_at: at(8), ended_at: null },
    ];
    const segments = segmentsOf(task("a", { state: "processing", created_at: at(1), started_at: at(1), steps }));
    expect(segments.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      "work extracting_segment",
      "work rendering",
      "wait render_complete",
      "work uploading",
    ]);
    expect(segments.at(-1)?.endMs).toBeNull();
  });

  test("a step that was open when its task ended ends with it", () => {
    const steps = [{ step: "rendering", started_at: at(1), ended_at: null }];
    const segments = segmentsOf(task("a", { state: "failed", started_at: at(1), ended_at: at(4), steps }));
    expect(segments.at(-1)).toEqual({ kind: "work", step: "rendering", startMs: ms(1), endMs: ms(4) });
  });

  test("what took no time takes no room", () => {
    expect(segmentsOf(task("a", { state: "completed", started_at: at(0), ended_at: at(0) }))).toEqual([]);
  });
});

describe("rows", () => {
  const scene = task("s1", { kind: "scene", child_count: 2 });
  const clips = [task("a", { parent_id: "s1", state: "completed" }), task("b", { parent_id: "s1", state: "failed" })];
  const loose = task("c");
  const branches = branchesOf(job(scene, ...clips, loose));

  test("a group's heading, what it holds, and what stands alone", () => {
    expect(timelineRows(branches, new Set()).map(({ kind, id, depth }) => `${kind} ${id} ${depth}`)).toEqual([
      "group s1 0",
      "track a 1",
      "track b 1",
      "track c 0",
    ]);
  });

  test("a folded group shows its heading, with the tally", () => {
    const rows = timelineRows(branches, new Set(["s1"]));
    expect(rows[0]).toMatchObject({ folded: true, tally: { total: 2, done: 1, failed: 1 } });
    expect(rows.map(({ id }) => id)).toEqual(["s1", "c"]);
  });

  test("a task whose parent is not in hand stands at the top", () => {
    expect(branchesOf(job(task("x", { parent_id: "gone" }))).map(({ task: each }) => each.task_id)).toEqual(["x"]);
  });

  test("in a large job, groups that are over are folded at first", () => {
    const group = (id: string, state: Task["state"], size: number) => [
      task(id, { kind: "scene", state, child_count: size }),
      ...Array.from({ length: size }, (_, index) => task(`${id} ${index}`, { parent_id: id, state })),
    ];
    expect([
      ...foldedAtFirst(branchesOf(job(...group("a", "completed", 40), ...group("b", "processing", 40)))),
    ]).toEqual(["a"]);
    expect([...foldedAtFirst(branchesOf(job(...group("a", "completed", 40))))]).toEqual([]);
  });

  test("a tally counts leaves, however deep", () => {
    const deep = branchesOf(
      job(
        task("g", { child_count: 1 }),
        task("h", { parent_id: "g", child_count: 1 }),
        task("i", { parent_id: "h", state: "skipped" }),
      ),
    );
    expect(tallyOf(deep)).toEqual({ total: 1, done: 1, failed: 0 });
  });
});

test("a lineage is what a task is part of, nearest first, also when it goes in a circle", () => {
  const tree = job(task("a", { parent_id: "b" }), task("b", { parent_id: "c" }), task("c", { parent_id: "b" }));
  expect(lineageOf(tree, "a")).toEqual(["b", "c"]);
  expect(lineageOf(tree, "gone")).toEqual([]);
});

describe("cards", () => {
  const stage = task("make", { kind: "stage", child_count: 2 });
  const scenes = ["s1", "s2"].map((id) => task(id, { kind: "scene", parent_id: "make", child_count: 1 }));
  const clips = ["s1", "s2"].map((id) => task(`clip of ${id}`, { parent_id: id }));
  const show = (branches: ReturnType<typeof branchesOf>) =>
    cardsOf(branches).map(({ group, leaves }) => `${group?.task_id}: ${leaves.map(({ task_id }) => task_id)}`);

  test("one for each group of leaves, however deep", () => {
    expect(show(branchesOf(job(stage, ...scenes, ...clips)))).toEqual(["s1: clip of s1", "s2: clip of s2"]);
  });

  test("leaves without a group share one; a scene without clips has its own", () => {
    expect(show(branchesOf(job(task("find", { kind: "stage" }), scenes[0] as Task)))).toEqual([
      "undefined: find",
      "s1: ",
    ]);
  });

  test("a single trunk is left out, two are not", () => {
    const ids = (branches: ReturnType<typeof branchesOf>) =>
      withoutTrunk(branches).map(({ task: each }) => each.task_id);
    expect(ids(branchesOf(job(stage, ...scenes, ...clips)))).toEqual(["s1", "s2"]);
    expect(ids(branchesOf(job(task("find", { kind: "stage" }), stage, ...scenes, ...clips)))).toEqual(["find", "make"]);
    expect(ids(branchesOf(job(scenes[0] as Task, clips[0] as Task)))).toEqual(["s1"]);
  });
});

test.each([
  { given: {}, expected: null },
  { given: { started_at: at(2) }, expected: 8_000 },
  { given: { started_at: at(2), ended_at: at(5) }, expected: 3_000 },
  { given: { started_at: at(20) }, expected: 0 },
])("worked on for $expected ms", ({ given, expected }) => {
  expect(workedMs(task("a", given), ms(10))).toBe(expected);
});
