import { emptyJob, foldAll, type Job, type PlayheadEvent, summaryOf } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createJobScript } from "../../conformance/job-script.ts";
import { type FoundFact, type FoundJob, type MendedJob, mendJob, pathBetween } from "./mend-job.ts";

function finishedScript() {
  const script = createJobScript({ jobId: "job", tenantId: "t", title: "Episode", userId: "u" });
  script.report("job.state_changed", { new_state: "running" });
  script.report("task.created", { task_id: "s", kind: "scene", parent_id: null });
  for (const task_id of ["a", "b"]) {
    script.report("task.created", { task_id, kind: "clip", parent_id: "s" });
    script.report("task.started", { task_id });
  }
  script.report("task.completed", { task_id: "a" });
  script.report("task.failed", { task_id: "b", error_code: "task_failed", error_message: "no" });
  script.report("job.state_changed", { new_state: "completing" });
  script.report("job.state_changed", { new_state: "completed" });
  return script;
}

const script = finishedScript();
const whole: Job = script.job();

const factOf = ({ seq, type, ts, data }: PlayheadEvent): FoundFact => ({
  seq,
  type,
  tsMs: Date.parse(ts),
  correlationId: null,
  data,
});
const row = {
  tenantId: "t",
  kind: "clips",
  title: "episode",
  userId: "u",
  state: whole.state,
  correlationId: whole.correlation_id,
  createdMs: Date.parse(whole.created_at),
  endedMs: Date.parse(whole.ended_at ?? ""),
};
const found: FoundJob = {
  jobId: "job",
  row,
  summary: summaryOf(whole),
  tasks: [...whole.tasks.values()],
  facts: script.events().map(factOf),
};

function mend(job: FoundJob): MendedJob & { readonly events: readonly PlayheadEvent[] } {
  const events: PlayheadEvent[] = [];
  const mending = mendJob(job);
  for (;;) {
    const { done, value } = mending.next();
    if (done) return { ...value, events };
    events.push(value);
  }
}

const tasksOf = (tasks: MendedJob["tasks"]) => tasks.map(({ task_id, state }) => `${task_id} ${state}`).sort();

describe("a job that lost nothing", () => {
  test("stays as it is, its projection too", () => {
    const { events, job, tasks, lost } = mend(found);
    expect(events).toEqual(script.events());
    expect(job).toBe(found.summary);
    expect(tasks).toBe(found.tasks);
    expect(lost).toBe(0);
  });

  test("gets its projection out of its facts when that is gone, or wrong", () => {
    for (const summary of [null, { ...summaryOf(whole), state: "failed" as const }]) {
      const { events, job, tasks } = mend({ ...found, summary, tasks: [] });
      expect(events).toEqual(script.events());
      expect(job).toEqual(summaryOf(whole));
      expect(tasks).toEqual([...whole.tasks.values()]);
    }
  });
});

test("a job whose facts were let go, being old, keeps its projection", () => {
  const summary = { ...summaryOf(whole), details_removed_at: "2026-05-01T00:00:00.000Z" };
  for (const facts of [[], script.events().slice(5).map(factOf)]) {
    const { events, job, tasks, lost } = mend({ ...found, summary, tasks: [], facts });
    expect(events).toMatchObject([{ seq: 1, type: "job.created" }]);
    expect(job).toEqual({ ...summary, seq: 1 });
    expect({ tasks, lost }).toEqual({ tasks: [], lost: 0 });
  }
});

describe("a job that lost some facts", () => {
  test("says how many, and where", () => {
    const facts = script.events().map(factOf);
    const { events, lost } = mend({ ...found, facts: facts.filter(({ seq }) => seq < 4 || seq > 6) });
    expect(lost).toBe(3);
    expect(events.findIndex(({ data }) => data.lost_events === 3)).toBe(3);
  });

  test("whichever they are: has no gap, folds to its projection, and ends as it did, with all its tasks", () => {
    fc.assert(
      fc.property(fc.subarray(script.events().map(factOf)), fc.boolean(), (facts, hasRow) => {
        const { events, job, tasks } = mend({ ...found, facts, row: hasRow ? row : null });
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));
        const folded = foldAll(emptyJob("job"), events);
        expect({ ...job, tasks: new Map(tasks.map((task) => [task.task_id, task])) }).toEqual(folded);
        expect(job).toMatchObject({
          state: "completed",
          tenant_id: "t",
          kind: "clips",
          title: "Episode",
          user_id: "u",
        });
        expect(tasksOf(tasks)).toEqual(tasksOf([...whole.tasks.values()]));
      }),
    );
  });

  test("without a projection: what is left has no gap, and the end that its row tells", () => {
    fc.assert(
      fc.property(fc.subarray(script.events().map(factOf)), (facts) => {
        const { events, job } = mend({ ...found, facts, summary: null, tasks: [] });
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));
        expect(job).toMatchObject({ state: "completed", tenant_id: "t", kind: "clips" });
      }),
    );
  });
});

test.each([
  { from: "pending", to: "completed", path: ["running", "completing", "completed"] },
  { from: "paused", to: "canceled", path: ["canceling", "canceled"] },
  { from: "running", to: "running", path: [] },
  { from: "completed", to: "failed", path: [] },
] as const)("the shortest way from $from to $to", ({ from, to, path }) => {
  expect(pathBetween(from, to)).toEqual(path);
});
