import type { Alert, Job, JsonObject, PlayheadEvent } from "@playhead/core";
import { expect, test } from "vitest";
import { happeningsOf, markersOf } from "./happenings.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const iso = (sec: number) => new Date(START_MS + sec * 1_000).toISOString();
const fact = (type: PlayheadEvent["type"], sec: number, data: JsonObject): PlayheadEvent => ({
  type,
  data,
  ts: iso(sec),
  job_id: "j",
  seq: 1,
  correlation_id: "c",
});
const secOf = (ms: number | null) => (ms === null ? null : (ms - START_MS) / 1_000);

test("pauses and limits are stretches; the last may go on", () => {
  const { paused, limited } = happeningsOf([
    fact("job.state_changed", 1, { new_state: "running" }),
    fact("job.state_changed", 5, { new_state: "pausing" }),
    fact("job.state_changed", 6, { new_state: "paused" }),
    fact("job.updated", 7, { title: "another" }),
    fact("job.state_changed", 9, { new_state: "running" }),
    fact("job.updated", 12, { rate_limited: true }),
    fact("job.updated", 13, { rate_limited: true }),
    fact("job.updated", 15, { rate_limited: false }),
    fact("job.updated", 20, { rate_limited: true }),
  ]);
  const seconds = (spans: typeof paused) => spans.map(({ startMs, endMs }) => [secOf(startMs), secOf(endMs)]);
  expect(seconds(paused)).toEqual([[6, 9]]);
  expect(seconds(limited)).toEqual([
    [12, 15],
    [20, null],
  ]);
});

test("a piece of work is begun again each time its attempt grows", () => {
  const { retries } = happeningsOf([
    fact("clip.progress", 1, { task_id: "a", step: "rendering", attempt: 1 }),
    fact("task.retried", 2, { task_id: "a", attempt: 2 }),
    fact("clip.progress", 3, { task_id: "a", step: "rendering", attempt: 2 }),
    fact("clip.progress", 4, { task_id: "a", step: "rendering", attempt: 3 }),
    fact("clip.progress", 4, { task_id: "b", step: "rendering" }),
  ]);
  expect([...retries].map(([id, at]) => [id, at.map(secOf)])).toEqual([["a", [2, 4]]]);
});

test("the axis marks states, errors and alerts that fired, in the order of time", () => {
  const happenings = happeningsOf([
    fact("job.state_changed", 1, { new_state: "running" }),
    fact("job.state_changed", 9, { new_state: "completed" }),
  ]);
  const errors = [{ ts: iso(5), error_message: "it broke" }] as unknown as Job["errors"];
  const alerts = [
    { fired_at: iso(7), rule_name: "Errors", message: "too many" },
    { fired_at: null, rule_name: "Slow", message: "not yet" },
  ] as unknown as readonly Alert[];
  expect(markersOf(happenings, { errors }, alerts).map(({ atMs, kind, label }) => [secOf(atMs), kind, label])).toEqual([
    [1, "state", "Running"],
    [5, "error", "it broke"],
    [7, "alert", "Errors: too many"],
    [9, "state", "Done"],
  ]);
});
