import { createProgressTree, emptyJob, foldAll, type JsonObject, type PlayheadEvent, progressAt } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createJobHistory } from "./job-history.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

function factsOf(told: readonly (readonly [PlayheadEvent["type"], JsonObject, number])[]): readonly PlayheadEvent[] {
  return told.map(([type, data, atMs], at) => ({
    type,
    data,
    ts: new Date(START_MS + atMs).toISOString(),
    job_id: "j",
    seq: at + 1,
    correlation_id: "c",
  }));
}

const clip = fc.integer({ min: 0, max: 9 }).map((at) => `clip_${at}`);
const anyFact = fc.oneof(
  fc.tuple(fc.constant("task.created" as const), fc.record({ task_id: clip, kind: fc.constant("clip") })),
  fc.tuple(fc.constant("task.started" as const), fc.record({ task_id: clip })),
  fc.tuple(
    fc.constant("task.step_changed" as const),
    fc.record({ task_id: clip, step: fc.constantFrom("rendering", "uploading") }),
  ),
  fc.tuple(
    fc.constant("task.failed" as const),
    fc.record({ task_id: clip, error_code: fc.constant("e"), error_message: fc.constant("it broke") }),
  ),
  fc.tuple(fc.constant("task.completed" as const), fc.record({ task_id: clip })),
  fc.tuple(
    fc.constant("job.state_changed" as const),
    fc.record({ new_state: fc.constantFrom("running", "paused", "pausing", "failed") }),
  ),
  fc.tuple(fc.constant("job.updated" as const), fc.record({ rate_limited: fc.boolean() })),
);
/** Facts that go on a little each time, or back, as where two clocks tell of one job. */
const anyStory = fc
  .array(fc.tuple(anyFact, fc.integer({ min: -50, max: 200 })), { minLength: 1, maxLength: 120 })
  .map((story) => {
    let atMs = 0;
    return factsOf([
      ["job.created", { kind: "clips" }, 0],
      ...story.map(([[type, data], by]) => {
        atMs = Math.max(0, atMs + by);
        return [type, data as JsonObject, atMs] as const;
      }),
    ]);
  });

/** The same without anything kept: all facts up to the first that is later. */
function fromScratch(facts: readonly PlayheadEvent[], atMs: number) {
  const later = facts.findIndex(({ ts }) => Date.parse(ts) > atMs);
  const then = facts.slice(0, later < 0 ? facts.length : later);
  if (then.length === 0) return null;
  const job = foldAll(emptyJob("j"), then);
  const fraction = createProgressTree({ tasks: job.tasks.values() }).fraction();
  return { ...job, progress: progressAt(job, fraction, atMs) };
}

test("at any moments, in any order, however the facts came, it is the fold from scratch", () => {
  fc.assert(
    fc.property(
      anyStory,
      fc.array(fc.integer({ min: -10, max: 12_000 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      (facts, moments, pageSize, checkpointEvery) => {
        const history = createJobHistory("j", checkpointEvery);
        for (let at = 0; at < facts.length; at += pageSize) {
          history.add(facts.slice(at, at + pageSize));
          // What is asked for between two pages must not leave anything behind.
          history.jobAt(START_MS + (moments[0] as number));
        }
        for (const atMs of moments) {
          expect(history.jobAt(START_MS + atMs)).toEqual(fromScratch(facts, START_MS + atMs));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("steps from what happened to what happened, and no further", () => {
  const history = createJobHistory("j");
  history.add(
    factsOf([
      ["job.created", {}, 0],
      ["job.state_changed", { new_state: "running" }, 100],
      ["task.created", { task_id: "a", kind: "clip" }, 100],
      ["task.started", { task_id: "a" }, 900],
    ]),
  );
  const beside = (atMs: number, by: 1 | -1) => {
    const found = history.momentBeside(START_MS + atMs, by);
    return found === null ? null : found - START_MS;
  };
  expect([beside(-1, 1), beside(0, 1), beside(100, 1), beside(900, 1)]).toEqual([0, 100, 900, null]);
  expect([beside(950, -1), beside(900, -1), beside(100, -1), beside(0, -1)]).toEqual([900, 100, 0, null]);
});

test("what is known, what stands behind a gap and ticks change nothing", () => {
  const facts = factsOf([
    ["job.created", {}, 0],
    ["job.state_changed", { new_state: "running" }, 10],
    ["job.state_changed", { new_state: "pausing" }, 20],
  ]);
  const history = createJobHistory("j");
  history.add(facts.slice(0, 2));
  history.add(facts.slice(0, 2));
  history.add([
    { ...(facts[2] as PlayheadEvent), seq: 4 },
    { ...(facts[2] as PlayheadEvent), tick: 1 },
  ]);
  expect(history.facts).toHaveLength(2);
  history.add(facts);
  expect(history.jobAt(START_MS + 30)?.state).toBe("pausing");
});
