import fs from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deepFreeze } from "../test-support/deep-freeze.ts";
import { createRunningLedger, JOB_ID } from "../test-support/ledger.ts";
import { anyIntents, play } from "../test-support/legal-history.ts";
import { readTable } from "../test-support/markdown.ts";
import { decide } from "./decide.ts";
import { MAX_TASKS_PER_JOB } from "./decide-task.ts";
import { PlayheadError } from "./errors.ts";
import { EVENT_TYPES, type EventRecord, type EventType } from "./event.ts";
import type { Job, Task } from "./job.ts";
import { draftOf, emptyJob } from "./job-draft.ts";
import { isFinalJobState, JOB_STATES, JOB_TRANSITIONS, type JobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import { TASK_STATES, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";

const SPEC = fs.readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");

function recordOf(type: EventType, data: JsonObject = {}): EventRecord {
  return { type, ts: "2026-11-21T10:42:00.000Z", job_id: JOB_ID, n: 1, data };
}

function jobIn(state: JobState, tasks: readonly Task[] = []): Job {
  const started = state === "pending" ? null : "2026-11-21T10:42:00.000Z";
  const byId = new Map(tasks.map((task) => [task.task_id, task]));
  return deepFreeze({ ...emptyJob(JOB_ID), seq: 1, state, started_at: started, tasks: byId });
}

function taskIn(state: TaskState, kind = "clip"): Task {
  const ledger = createRunningLedger();
  ledger.report("task.created", { task_id: "t1", kind });
  return { ...(ledger.job.tasks.get("t1") as Task), state };
}

/** What `decide` answers: the types of the facts (a job's steps as `→ state`), or the code of the error. */
function answer(job: Job | undefined, record: EventRecord): string {
  try {
    return decide(job, record)
      .map(({ type, data }) => (type === "job.state_changed" ? `→ ${String(data.new_state)}` : type))
      .join(", ");
  } catch (error) {
    if (error instanceof PlayheadError) return error.code;
    throw error;
  }
}

/** As the specification writes it: the states gone through, or that the fact is taken as it is. */
function inShort(given: string): string {
  const states = given.match(/→ \w+/g);
  if (states !== null) return states.join(" ");
  return given.includes(".") ? "taken" : given;
}

function thrownBy(call: () => unknown): PlayheadError {
  try {
    call();
  } catch (error) {
    if (error instanceof PlayheadError) return error;
    throw error;
  }
  throw new Error("expected a PlayheadError, got none");
}

describe("a job's facts", () => {
  test.each(JOB_STATES.flatMap((from) => JOB_STATES.map((to) => ({ from, to }))))(
    "I3: job.state_changed $from → $to is taken exactly when the table allows it, or a gate leads there",
    ({ from, to }) => {
      const job = jobIn(from);
      const gate = to === "completed" ? "completing" : to === "canceled" ? "canceling" : null;
      const way = JOB_TRANSITIONS[from][to] || (gate !== null && JOB_TRANSITIONS[from][gate]);
      const rests = from === "pausing" && to === "completed";
      const error = way || rests ? null : thrownBy(() => decide(job, recordOf("job.state_changed", { new_state: to })));
      if (error === null) expect(answer(job, recordOf("job.state_changed", { new_state: to }))).toContain(`→ ${to}`);
      else expect(error).toMatchObject({ code: "conflict", detail: { state: from } });
    },
  );

  const columns = readTable(SPEC, "What a job answers");
  const cells = columns.flatMap(({ key, cells: row }) => row.map(({ name, value }) => ({ key, name, value })));

  test("the table of the specification has every state", () => {
    expect(new Set(cells.map(({ name }) => name))).toEqual(new Set(["none", ...JOB_STATES]));
  });

  test.each(cells)("I4: a job that is $name answers $key with: $value", ({ key, name, value }) => {
    const [type, word] = key.split(" ") as [EventType, string | undefined];
    const job = name === "none" ? undefined : jobIn(name as JobState, [taskIn("processing")]);
    const data = type.startsWith("task.")
      ? { task_id: "t1", step: "rendering" }
      : { [type === "job.liveness_changed" ? "liveness" : "new_state"]: word };
    expect(inShort(answer(job, recordOf(type, data)))).toBe(value);
  });

  test("the whole way of a completion is numbered as facts, each from where the last one led", () => {
    const facts = decide(jobIn("running"), recordOf("job.completed", { summary: { clips: 3 }, reason: "all done" }));
    expect(facts).toEqual([
      { type: "job.state_changed", data: { prior_state: "running", new_state: "completing", reason: "all done" } },
      { type: "job.state_changed", data: { prior_state: "completing", new_state: "completed", reason: "all done" } },
      { type: "job.completed", data: { summary: { clips: 3 }, reason: "all done" } },
      { type: "session.completed", data: { session_id: JOB_ID, state: "completed", summary: { clips: 3 } } },
    ]);
  });

  test("a session starts with the first running, and with no other", () => {
    expect(decide(jobIn("pending"), recordOf("job.state_changed", { new_state: "running", worker: "w_1" }))).toEqual([
      { type: "job.state_changed", data: { prior_state: "pending", new_state: "running", worker: "w_1" } },
      { type: "session.started", data: { session_id: JOB_ID, kind: "job", title: JOB_ID, user_id: null } },
    ]);
    expect(decide(jobIn("paused"), recordOf("job.state_changed", { new_state: "running" }))).toHaveLength(1);
  });

  test("a failure's code is its reason where none is given", () => {
    const [change] = decide(jobIn("running"), recordOf("job.failed", { error_code: "disk_full" }));
    expect(change?.data).toEqual({ prior_state: "running", new_state: "failed", reason: "disk_full" });
  });

  test("a refusal says where the job can go", () => {
    const error = thrownBy(() => decide(jobIn("paused"), recordOf("job.state_changed", { new_state: "completing" })));
    expect(error.message).toBe(`job ${JOB_ID} cannot go from paused to completing`);
    expect(error.hint).toBe("from paused it can go to running, canceling, failed");
  });

  test.each([undefined, null, "", "done", 7, "__proto__"])("new_state %j is a validation error", (state) => {
    const data = state === undefined ? {} : { new_state: state };
    expect(answer(jobIn("running"), recordOf("job.state_changed", data))).toBe("validation_error");
  });

  test("liveness changes to another one of its words, and to no other", () => {
    const job = { ...jobIn("running"), liveness: "slow" as const };
    expect(answer(job, recordOf("job.liveness_changed", { liveness: "lost" }))).toBe("job.liveness_changed");
    expect(answer(job, recordOf("job.liveness_changed", { liveness: "slow" }))).toBe("conflict");
    expect(answer(job, recordOf("job.liveness_changed", { liveness: "dead" }))).toBe("validation_error");
  });

  test.each(["job.progress", "progress.updated", "log", "session.started", "session.completed"] as const)(
    "%s is no fact that a worker reports",
    (type) => {
      expect(answer(jobIn("running", [taskIn("processing")]), recordOf(type, { task_id: "t1" }))).toBe(
        "validation_error",
      );
    },
  );
});

describe("a task's facts", () => {
  const moves: readonly { readonly type: EventType; readonly data: JsonObject; readonly to: TaskState }[] = [
    { type: "task.started", data: {}, to: "processing" },
    { type: "task.completed", data: {}, to: "completed" },
    { type: "task.failed", data: {}, to: "failed" },
    { type: "task.skipped", data: {}, to: "skipped" },
    { type: "task.canceled", data: {}, to: "canceled" },
    { type: "video.completed", data: {}, to: "completed" },
    { type: "scene.completed", data: { state: "failed" }, to: "failed" },
    { type: "clip.progress", data: { step: "complete" }, to: "completed" },
    { type: "clip.progress", data: { step: "failed" }, to: "failed" },
    { type: "video.updated", data: { state: "pending" }, to: "pending" },
  ];
  const cells = TASK_STATES.flatMap((from) => moves.map((move) => ({ from, ...move })));

  test.each(cells)("I5: a $from task takes $type $data exactly when the table allows $from → $to", (cell) => {
    const { from, type, data, to } = cell;
    const staying = from === "pending" && to === "pending";
    const expected = TASK_TRANSITIONS[from][to] || staying ? type : "conflict";
    expect(answer(jobIn("running", [taskIn(from)]), recordOf(type, { task_id: "t1", ...data }))).toBe(expected);
  });

  const rows = readTable(SPEC, "What a task answers");
  const answers = rows.flatMap(({ key, cells: row }) => row.map(({ name, value }) => ({ key, name, value })));

  test("the table of the specification has every state of a task", () => {
    expect(new Set(answers.map(({ name }) => name))).toEqual(new Set(["none", ...TASK_STATES]));
  });

  test.each(answers)("I5: a task that is $name answers $key with: $value", ({ key, name, value }) => {
    const job = jobIn("running", name === "none" ? [] : [taskIn(name as TaskState)]);
    const record = recordOf(key as EventType, { task_id: "t1", kind: "thing", step: "rendering" });
    expect(inShort(answer(job, record))).toBe(value);
  });

  test.each(TASK_STATES)(
    "I5: what says no state is taken by an open task, and of a settled one only artifacts (%s)",
    (state) => {
      const job = jobIn("running", [taskIn(state)]);
      const open = state === "pending" || state === "processing";
      const artifact = { task_id: "t1", artifact: { type: "video", name: "a.mp4" } };
      expect(answer(job, recordOf("task.step_changed", { task_id: "t1", step: "rendering" }))).toBe(
        open ? "task.step_changed" : "conflict",
      );
      expect(answer(job, recordOf("task.retried", { task_id: "t1" }))).toBe(
        state === "processing" ? "task.retried" : "conflict",
      );
      expect(answer(job, recordOf("clip.uploaded", artifact))).toBe("clip.uploaded");
      expect(answer(job, recordOf("task.artifact_added", artifact))).toBe("task.artifact_added");
    },
  );

  const types = (Object.keys(EVENT_TYPES) as EventType[]).filter(
    (type) => EVENT_TYPES[type].subject === "task" && EVENT_TYPES[type].class !== "tick",
  );

  test.each(types)("I6: %s of an unknown task creates it, where it can, by a creation of its own", (type) => {
    const given = answer(jobIn("running"), recordOf(type, { task_id: "t9", kind: "thing", step: "rendering" }));
    const prefix = type.slice(0, type.indexOf("."));
    if (type === "task.created" || type === "video.created") expect(given).toBe(type);
    else if (prefix === "task") expect(given).toBe("not_found");
    else if (/\.(completed|canceled)$/.test(type)) expect(given).toMatch(/conflict|video\.created, video\.canceled/);
    else expect(given).toBe(`${prefix === "video" ? "video" : "task"}.created, ${type}`);
  });

  test("I6: the implied creation says what the first event said of the task", () => {
    const started = { task_id: "s1", scene_id: "s1", scene_title: "Opening", style_count: 2, start_sec: 0, weight: 4 };
    expect(decide(jobIn("running"), recordOf("scene.started", started))).toEqual([
      {
        type: "task.created",
        data: {
          task_id: "s1",
          parent_id: null,
          kind: "scene",
          title: "Opening",
          weight: 4,
          fields: { scene_id: "s1" },
        },
      },
      { type: "scene.started", data: started },
    ]);
  });

  test("a task exists once", () => {
    const job = jobIn("running", [taskIn("pending")]);
    expect(answer(job, recordOf("task.created", { task_id: "t1", kind: "clip" }))).toBe("conflict");
    expect(answer(job, recordOf("video.created", { task_id: "t1" }))).toBe("conflict");
  });

  test.each([
    { name: "no task_id", type: "task.created", data: { kind: "clip" }, path: "data.task_id" },
    { name: "an empty task_id", type: "task.created", data: { task_id: "", kind: "clip" }, path: "data.task_id" },
    { name: "no kind", type: "task.created", data: { task_id: "t9" }, path: "data.kind" },
    {
      name: "a parent that is no id",
      type: "task.created",
      data: { task_id: "t9", kind: "x", parent_id: 7 },
      path: "data.parent_id",
    },
    { name: "a state that is none", type: "video.updated", data: { task_id: "t1", state: "done" }, path: "data.state" },
    {
      name: "a state against the type",
      type: "task.completed",
      data: { task_id: "t1", state: "failed" },
      path: "data.state",
    },
    { name: "no step", type: "task.step_changed", data: { task_id: "t1" }, path: "data.step" },
    {
      name: "an attempt that is none",
      type: "task.retried",
      data: { task_id: "t1", attempt: "2" },
      path: "data.attempt",
    },
    { name: "an attempt of before", type: "task.retried", data: { task_id: "t1", attempt: 1 }, path: "data.attempt" },
  ] as const)("$name is a validation error that names the field", ({ type, data, path }) => {
    const error = thrownBy(() => decide(jobIn("running", [taskIn("processing")]), recordOf(type, data)));
    expect(error).toMatchObject({ code: "validation_error", detail: { path } });
    expect(error.message).toContain(path);
  });

  test("a job holds so many tasks, and no more", () => {
    const task = taskIn("pending");
    const tasks = new Map(Array.from({ length: MAX_TASKS_PER_JOB }, (_, index) => [`t${index}`, task]));
    const full: Job = { ...jobIn("running"), tasks };
    expect(answer(full, recordOf("task.created", { task_id: "new", kind: "clip" }))).toBe("validation_error");
    expect(answer(full, recordOf("clip.progress", { task_id: "new", step: "rendering" }))).toBe("validation_error");
    expect(answer(full, recordOf("task.started", { task_id: "t7" }))).toBe("task.started");
  });

  test("an unknown parent is not found", () => {
    const record = recordOf("task.created", { task_id: "t9", kind: "clip", parent_id: "nobody" });
    expect(thrownBy(() => decide(jobIn("running"), record)).message).toBe(
      `job ${JOB_ID} has no task nobody to be the parent of t9`,
    );
  });

  test("a retry says its attempt, also where the worker did not", () => {
    const [fact] = decide(jobIn("running", [taskIn("processing")]), recordOf("task.retried", { task_id: "t1" }));
    expect(fact?.data).toEqual({ task_id: "t1", attempt: 2 });
  });
});

describe("refusals", () => {
  const types = Object.keys(EVENT_TYPES) as EventType[];
  const anyData = fc.record(
    {
      task_id: fc.oneof(fc.constantFrom("t1", "t2", "t3", "t9", "t40"), fc.jsonValue()),
      parent_id: fc.oneof(fc.constantFrom(null, "t1", "t77"), fc.jsonValue()),
      kind: fc.oneof(fc.constantFrom("clip", "scene"), fc.jsonValue()),
      state: fc.oneof(fc.constantFrom(...TASK_STATES), fc.jsonValue()),
      new_state: fc.oneof(fc.constantFrom(...JOB_STATES), fc.jsonValue()),
      step: fc.oneof(fc.constantFrom("rendering", "complete", "failed"), fc.jsonValue()),
      attempt: fc.oneof(fc.nat(4), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>;

  test("I7: whatever is reported, the job that decides is untouched, and a refusal is a PlayheadError", () => {
    fc.assert(
      fc.property(anyIntents(40), fc.constantFrom(...types), anyData, (intents, type, data) => {
        const job = deepFreeze(draftOf(play(intents).job));
        const given = answer(job, recordOf(type, data));
        if (isFinalJobState(job.state) && type !== "job.created") expect(given).toBe("conflict");
      }),
      { numRuns: 800 },
    );
  });

  test("I7: what cannot be done from here is refused as conflict and changes nothing of the history", () => {
    fc.assert(
      fc.property(anyIntents(40), fc.constantFrom(...JOB_STATES), (intents, state) => {
        const ledger = play(intents);
        const { length } = ledger.events;
        const before = structuredClone(ledger.job);
        if (answer(ledger.job, recordOf("job.state_changed", { new_state: state })) !== "conflict") return;
        expect(() => ledger.report("job.state_changed", { new_state: state })).toThrow(PlayheadError);
        expect(ledger.events).toHaveLength(length);
        expect(ledger.job).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});
