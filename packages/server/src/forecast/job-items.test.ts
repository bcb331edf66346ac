import { applyEvent, draftOf, emptyJob, type JobForecaster, type JsonObject, type PlayheadEvent } from "@playhead/core";
import { expect, test } from "vitest";
import { factsOf } from "../../test/jobs.ts";
import { createJobItems } from "./job-items.ts";

type Facts = readonly (readonly [PlayheadEvent["type"], JsonObject])[];
const created = (task_id: string, kind: string, more: JsonObject = {}): Facts[number] => [
  "task.created",
  { task_id, kind, title: task_id, ...more },
];
const about = (type: PlayheadEvent["type"], task_id: string, more: JsonObject = {}): Facts[number] => [
  type,
  { task_id, ...more },
];

/** What a forecaster is told of a job, in words; numbers are its items, seconds the facts'. */
function toldOf(facts: Facts, metadata: JsonObject = {}): string[] {
  const told: string[] = [];
  let count = 0;
  const tell = (word: string) => (item: number, sec: number) => void told.push(`${word} ${item} at ${sec}`);
  const forecaster: Parameters<typeof createJobItems>[1] = {
    add({ kind, style, sizes }, { phase = 0, isPlanned = false } = {}) {
      const size = Object.entries(sizes).map(([name, value]) => `${name}=${value}`);
      told.push(
        ["add", count, kind, style, ...size, phase > 0 && `phase=${phase}`, isPlanned && "planned"]
          .filter((word) => word || word === 0)
          .join(" "),
      );
      return count++;
    },
    begun: () => void told.push("begun"),
    started: tell("start"),
    progressed: (item, fraction, sec) => void told.push(`progress ${item} ${fraction} at ${sec}`),
    ended: tell("end"),
    failed: tell("again"),
    dropped: tell("drop"),
    replaced: tell("replace"),
    witnessed: ({ kind }, startSec, sec) => void told.push(`witness ${kind} ${startSec}-${sec}`),
  } satisfies Partial<JobForecaster>;
  const items = createJobItems({ kind: "clips", metadata }, forecaster);
  const job = draftOf(emptyJob("j"));
  for (const [at, event] of factsOf("j", [
    ["job.created", { kind: "clips", metadata }],
    ["job.state_changed", { new_state: "running" }],
    ...facts,
  ]).entries()) {
    const { task_id: taskId } = event.data;
    const before = job.tasks.get(String(taskId));
    applyEvent(job, event);
    const after = job.tasks.get(String(taskId));
    if (after !== undefined && after !== before) items.changed(before, after, at - 2);
  }
  return told;
}

test.each<{ name: string; facts: Facts; told: string[] }>([
  { name: "a job without tasks is one item", facts: [], told: ["add 0 job"] },
  {
    name: "plain tasks are its items, by what their titles have in common",
    facts: [
      created("Page 1", "task"),
      created("Page 2", "task"),
      about("task.started", "Page 1"),
      about("task.completed", "Page 1"),
    ],
    told: [
      "add 0 job",
      "replace 0 at 0",
      "add 1 task:page_# planned",
      "add 2 task:page_# planned",
      "begun",
      "start 1 at 2",
      "end 1 at 3",
    ],
  },
  {
    name: "stages come one after the other, and stand for what will be found in them",
    facts: [
      created("finding", "stage", { weight: 3 }),
      created("making", "stage"),
      about("task.started", "finding"),
      about("task.completed", "finding"),
      about("task.started", "making"),
      created("s", "scene", { parent_id: "making" }),
      created("c", "clip", { parent_id: "s", fields: { style: "Split", duration_sec: 9, start_sec: 4 } }),
      about("task.started", "c"),
      about("task.completed", "c"),
      about("task.completed", "making"),
    ],
    told: [
      "add 0 job",
      "replace 0 at 0",
      "add 1 stage:finding weight=3 phase=1 planned",
      "add 2 stage:making phase=2 planned",
      "begun",
      "start 1 at 2",
      "end 1 at 3",
      "start 2 at 4",
      "replace 2 at 5",
      "add 3 scene phase=2 planned",
      "replace 3 at 6",
      "add 4 clip split duration_sec=9 phase=2 planned",
      "start 4 at 7",
      "end 4 at 8",
      "witness stage:making 4-9",
    ],
  },
  {
    name: "what is said of a task after its end is no work",
    facts: [
      created("a", "video"),
      about("task.started", "a"),
      about("task.completed", "a"),
      about("task.artifact_added", "a", { artifact: { type: "video", name: "a.mp4" } }),
    ],
    told: ["add 0 job", "replace 0 at 0", "add 1 video planned", "begun", "start 1 at 1", "end 1 at 2"],
  },
  {
    name: "what is found after its like has begun is growth",
    facts: [created("a", "video"), about("task.started", "a"), created("b", "video")],
    told: ["add 0 job", "replace 0 at 0", "add 1 video planned", "begun", "start 1 at 1", "add 2 video"],
  },
  {
    name: "an attempt that failed is made again; what was skipped teaches nothing",
    facts: [
      created("a", "video"),
      created("b", "video"),
      about("task.started", "a"),
      about("task.retried", "a", { attempt: 2 }),
      about("task.started", "a"),
      about("progress.updated", "a", { percent_complete: 25 }),
      about("task.failed", "a", { error_code: "x" }),
      about("task.skipped", "b"),
    ],
    told: [
      "add 0 job",
      "replace 0 at 0",
      "add 1 video planned",
      "add 2 video planned",
      "begun",
      "start 1 at 2",
      "again 1 at 3",
      "start 1 at 3",
      "progress 1 0.25 at 5",
      "drop 1 at 6",
      "drop 2 at 7",
    ],
  },
])("$name", ({ facts, told }) => {
  expect(toldOf(facts)).toEqual(told);
});

test("a job's own numbers are its size", () => {
  const [first] = toldOf([], { duration_sec: 60, width: 1920, height: 1080, input: "a.mp4" });
  expect(first).toBe("add 0 job duration_sec=60 pixels=2073600");
});
