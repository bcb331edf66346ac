import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deepFreeze } from "../test-support/deep-freeze.ts";
import { createRunningLedger, JOB_ID, TRACE_ID } from "../test-support/ledger.ts";
import { anyHistory } from "../test-support/legal-history.ts";
import { EVENT_TYPES, type EventType, type PlayheadEvent } from "./event.ts";
import { applyEvent, fold, foldAll, positionOf } from "./fold.ts";
import type { Job, Task } from "./job.ts";
import { draftOf, emptyJob } from "./job-draft.ts";
import { isFinalJobState } from "./job-state.ts";
import type { JsonObject } from "./json.ts";
import { jobFromSnapshot, snapshotOf } from "./snapshot.ts";
import type { StateCounts, TaskCounts } from "./task-counts.ts";
import { isFinalTaskState } from "./task-state.ts";

const start = (): Job => deepFreeze(emptyJob(JOB_ID));

function* batchesOf(events: readonly PlayheadEvent[], cuts: readonly number[]): Generator<readonly PlayheadEvent[]> {
  const places = [...new Set(cuts.map((cut) => cut % (events.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, events.length]) {
    yield events.slice(from, to);
    from = to;
  }
}

/** The counts, worked out from the tasks alone. */
function plainCounts(tasks: Iterable<Task>): TaskCounts {
  const all = [...tasks];
  const parents = new Set(all.map(({ parent_id }) => parent_id));
  const deliverables = all.filter(({ kind }) => kind === "clip" || kind === "video");
  const leaves = all.filter(({ task_id }) => !parents.has(task_id));
  return {
    deliverables: plainStates(deliverables),
    leaves: plainStates(leaves),
    deliverable_ms: plainMs(deliverables),
    leaf_ms: plainMs(leaves),
  };
}

function plainStates(tasks: readonly Task[]): StateCounts {
  const count = (state: Task["state"]) => tasks.filter((task) => task.state === state).length;
  return {
    pending: count("pending"),
    processing: count("processing"),
    completed: count("completed"),
    failed: count("failed"),
    skipped: count("skipped"),
    canceled: count("canceled"),
  };
}

function plainMs(tasks: readonly Task[]): number {
  const done = tasks.filter(({ state }) => state === "completed");
  return done.reduce((sum, task) => sum + (Date.parse(task.ended_at ?? "") - Date.parse(task.started_at ?? "")), 0);
}

/** The job without what ticks alone can say. */
function factsOf(job: Job): unknown {
  const { percent_complete, items_per_minute, eta_ms, eta_low_ms, eta_high_ms, estimated_completion, ...progress } =
    job.progress;
  const tasks = [...job.tasks.values()].map(({ percent_complete: _, details: __, ...task }) => task);
  return { ...job, tick: 0, progress, tasks };
}

describe("one reducer", () => {
  test("I8: any history folds to the same job whatever the batch cuts, one by one, in place or all at once", () => {
    fc.assert(
      fc.property(anyHistory(), fc.array(fc.nat(), { maxLength: 6 }), (events, cuts) => {
        const whole = foldAll(start(), events);
        let single = start();
        for (const event of events) single = fold(single, event);
        let cut = start();
        for (const batch of batchesOf(events, cuts)) cut = deepFreeze(foldAll(cut, batch));
        const draft = draftOf(start());
        for (const event of events) applyEvent(draft, event);
        expect(single).toStrictEqual(whole);
        expect(cut).toStrictEqual(whole);
        expect(draft).toStrictEqual(whole);
        expect(whole.seq).toBe(events.filter(({ tick }) => tick === undefined).length);
      }),
      { numRuns: 400 },
    );
  });

  test("I9: going on from a snapshot at any cut gives the same as folding everything", () => {
    fc.assert(
      fc.property(anyHistory(), fc.nat(), (events, cut) => {
        const at = cut % (events.length + 1);
        const before = foldAll(start(), events.slice(0, at));
        const restored = jobFromSnapshot(JSON.parse(JSON.stringify(snapshotOf(before))));
        expect(restored).toStrictEqual(before);
        expect(foldAll(restored, events.slice(at))).toStrictEqual(foldAll(before, events.slice(at)));
      }),
      { numRuns: 400 },
    );
  });

  test("I10: what is known already changes nothing: the same reference comes back", () => {
    fc.assert(
      fc.property(anyHistory(), fc.nat(), fc.nat(), (events, end, pick) => {
        const known = events.slice(0, 1 + (end % events.length));
        const job = deepFreeze(foldAll(start(), known));
        const again = known[pick % known.length] as PlayheadEvent;
        expect(positionOf(job, again)).toBe("known");
        expect(fold(job, again)).toBe(job);
        expect(foldAll(job, known)).toBe(job);
        // Overlapping batches, as after a reconnect, give what the parts without overlap give.
        expect(foldAll(job, events.slice(pick % known.length))).toStrictEqual(foldAll(start(), events));
      }),
      { numRuns: 300 },
    );
  });

  test("I11: an event behind a gap is seen as one, and is not folded", () => {
    fc.assert(
      fc.property(anyHistory(), fc.nat(), (events, pick) => {
        const facts = events.filter(({ tick }) => tick === undefined);
        const missing = facts[pick % facts.length] as PlayheadEvent;
        const job = foldAll(start(), events.slice(0, events.indexOf(missing)));
        for (const later of events.slice(events.indexOf(missing) + 1)) {
          expect(positionOf(job, later)).toBe("gap");
          expect(fold(job, later)).toBe(job);
        }
        expect(positionOf(job, missing)).toBe("next");
      }),
      { numRuns: 300 },
    );
  });

  test("I12: a fold never writes to the job it was given", () => {
    fc.assert(
      fc.property(anyHistory(50), (events) => {
        let job = start();
        for (const event of events) job = deepFreeze(fold(job, event));
      }),
      { numRuns: 120 },
    );
  });

  test("a job shares its tasks with the one before until an event may touch them", () => {
    const ledger = createRunningLedger();
    ledger.report("task.created", { task_id: "t1", kind: "clip" });
    const job = foldAll(start(), ledger.events);
    const tick = { ts: "2026-11-21T10:42:09.000Z", job_id: JOB_ID, seq: job.seq, tick: 1, correlation_id: TRACE_ID };
    expect(fold(job, { ...tick, type: "job.progress", data: { percent_complete: 5 } }).tasks).toBe(job.tasks);
    const started = { ...tick, seq: job.seq + 1, tick: undefined, type: "task.started", data: { task_id: "t1" } };
    const { tick: _, ...fact } = started;
    expect(fold(job, fact as PlayheadEvent).tasks).not.toBe(job.tasks);
  });
});

describe("facts and ticks", () => {
  test("I13: ticks that are dropped, or come after facts that overtook them, change nothing that facts say", () => {
    fc.assert(
      fc.property(anyHistory(), fc.array(fc.boolean(), { minLength: 1 }), (events, keep) => {
        const all = foldAll(start(), events);
        const kept = events.filter(({ tick }, index) => tick === undefined || keep[index % keep.length]);
        expect(factsOf(foldAll(start(), kept))).toStrictEqual(factsOf(all));
        const facts = events.filter(({ tick }) => tick === undefined);
        const ticks = events.filter(({ tick }) => tick !== undefined);
        expect(factsOf(foldAll(foldAll(start(), facts), ticks))).toStrictEqual(factsOf({ ...all }));
      }),
      { numRuns: 300 },
    );
  });

  test("I13: a job.progress that says other counts than the facts is not believed about them", () => {
    const ledger = createRunningLedger();
    ledger.report("task.created", { task_id: "t1", kind: "clip" });
    ledger.tick("job.progress", { percent_complete: 12, items_total: 9, errors_encountered: 4, current_step: "x" });
    expect(ledger.job.progress).toMatchObject({
      percent_complete: 12,
      items_total: 1,
      errors_encountered: 0,
      current_step: null,
    });
  });

  test("a tick of an attempt that is over does not fill the new attempt's bar", () => {
    const ledger = createRunningLedger();
    ledger.report("task.created", { task_id: "t1", kind: "clip" });
    ledger.report("task.started", { task_id: "t1" });
    const { seq } = ledger.job;
    ledger.report("task.retried", { task_id: "t1" });
    applyEvent(ledger.job, {
      type: "clip.progress",
      ts: "2026-11-21T10:42:09.000Z",
      job_id: JOB_ID,
      seq,
      tick: ledger.job.tick + 1,
      correlation_id: TRACE_ID,
      data: { task_id: "t1", percent_complete: 80 },
    });
    expect(ledger.job.tasks.get("t1")).toMatchObject({ attempt: 2, percent_complete: 0 });
  });

  test("the last tick may come after the end of a failed job: it moves the bar, and nothing else", () => {
    const ledger = createRunningLedger();
    ledger.report("job.failed", { error_code: "disk_full" });
    const { progress } = ledger.job;
    ledger.tick("job.progress", { percent_complete: 42, eta_ms: 5, items_per_minute: 3 });
    expect(ledger.job.progress).toEqual({ ...progress, percent_complete: 42 });
  });
});

describe("what a job holds", () => {
  test("I14: the counts are those of a plain recount over the tasks, at every point of any history", () => {
    fc.assert(
      fc.property(anyHistory(70), (events) => {
        const job = draftOf(start());
        for (const event of events) {
          applyEvent(job, event);
          const counts = plainCounts(job.tasks.values());
          expect(job.counts).toStrictEqual(counts);
          const items = Object.values(counts.deliverables).some((count) => count > 0) ? "deliverables" : "leaves";
          const { completed, failed, skipped, canceled, pending, processing } = counts[items];
          const spentMs = items === "leaves" ? counts.leaf_ms : counts.deliverable_ms;
          expect(job.progress).toMatchObject({
            items_total: completed + failed + skipped + canceled + pending + processing,
            items_completed: completed,
            items_failed: failed,
            items_skipped: skipped,
            items_canceled: canceled,
            items_pending: pending + processing,
            time_processing_ms: spentMs,
            average_duration_ms_per_item: completed === 0 ? null : Math.round(spentMs / completed),
            total_steps: Object.values(counts.leaves).reduce((sum, count) => sum + count, 0),
            steps_completed:
              counts.leaves.completed + counts.leaves.failed + counts.leaves.skipped + counts.leaves.canceled,
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test("I14: each task knows how many children it has, and stands behind its parent", () => {
    fc.assert(
      fc.property(anyHistory(), (events) => {
        const { tasks } = foldAll(start(), events);
        const seen = new Set<string>();
        for (const task of tasks.values()) {
          const children = [...tasks.values()].filter(({ parent_id }) => parent_id === task.task_id);
          expect(task.child_count).toBe(children.length);
          if (task.parent_id !== null) expect(seen.has(task.parent_id)).toBe(true);
          seen.add(task.task_id);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("I15: a job that has ended has no open task, and says when it ended", () => {
    fc.assert(
      fc.property(anyHistory(), (events) => {
        const job = foldAll(start(), events);
        expect(job.ended_at !== null).toBe(isFinalJobState(job.state));
        if (!isFinalJobState(job.state)) return;
        for (const task of job.tasks.values()) {
          expect(isFinalTaskState(task.state)).toBe(true);
          expect(task.ended_at).not.toBeNull();
          expect(task.steps.every(({ ended_at }) => ended_at !== null)).toBe(true);
        }
        expect(job.progress.items_pending).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  const anyType = fc.constantFrom(...(Object.keys(EVENT_TYPES) as EventType[]).filter((type) => type !== "log"));
  const anyData = fc.record(
    {
      task_id: fc.constantFrom("t1", "t2", "t50"),
      kind: fc.constant("clip"),
      new_state: fc.constantFrom("running", "completed", "failed", "paused"),
      state: fc.constantFrom("processing", "completed", "failed"),
      step: fc.constant("rendering"),
      title: fc.constant("another"),
      error_code: fc.constant("disk_full"),
      attempt: fc.constant(9),
      summary: fc.constant({ clips: 1 }),
      artifact: fc.constant({ type: "video", name: "late.mp4" }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>;

  test("I16: after its end nothing moves a job any more, whatever is folded into it", () => {
    const ends = ["job.completed", "job.canceled", "job.failed"] as const;
    fc.assert(
      fc.property(
        anyHistory(40, { mayEnd: false }),
        fc.constantFrom(...ends),
        anyType,
        anyData,
        (events, end, type, data) => {
          const running = foldAll(start(), events);
          const path = end === "job.completed" ? ["running", "completing", "completed"] : [end.slice(4)];
          let job = running;
          const via = end === "job.canceled" ? ["canceling", ...path] : path;
          for (const new_state of via) job = fold(job, eventOf(job, "job.state_changed", { new_state }));
          const ended = job;
          if (!isFinalJobState(ended.state)) return;
          const after = fold(ended, eventOf(ended, type, data));
          const concludes = type === `job.${ended.state}`;
          if (!concludes) expect({ ...after, seq: 0 }).toStrictEqual({ ...ended, seq: 0 });
          expect(after.state).toBe(ended.state);
          expect(after.ended_at).toBe(ended.ended_at);
          expect([...after.tasks.values()]).toStrictEqual([...ended.tasks.values()]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("I16: whatever facts are folded, legal or not, nothing throws and no table is broken", () => {
    fc.assert(
      fc.property(anyHistory(30), fc.array(fc.tuple(anyType, anyData), { maxLength: 20 }), (events, strays) => {
        let job = foldAll(start(), events);
        for (const [type, data] of strays) {
          const { state } = job;
          job = fold(job, eventOf(job, type, data));
          if (isFinalJobState(state)) expect(job.state).toBe(state);
        }
        expect(job.counts).toStrictEqual(plainCounts(job.tasks.values()));
      }),
      { numRuns: 300 },
    );
  });
});

function eventOf(job: Job, type: EventType, data: JsonObject): PlayheadEvent {
  return { type, ts: "2026-11-22T00:00:00.000Z", job_id: JOB_ID, seq: job.seq + 1, correlation_id: TRACE_ID, data };
}
