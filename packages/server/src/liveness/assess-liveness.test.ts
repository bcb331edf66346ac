import { JOB_STATES } from "@playhead/core";
import { expect, test } from "vitest";
import { assessLiveness, type LivenessLimits, type Observation } from "./assess-liveness.ts";

const LIMITS: LivenessLimits = { workerLostAfterMs: 60_000, stuckAfterMs: 1_800_000, stallAfterMs: 120_000 };
const WELL: Observation = {
  state: "running",
  rateLimited: false,
  workerSilentMs: 5_000,
  unreportedMs: 1_000,
  unmovedMs: 1_000,
  pace: "steady",
};

test.each<{ name: string; given: Partial<Observation>; expected: string; reason?: string }>([
  { name: "all is well", given: {}, expected: "ok" },
  { name: "at its limits all is still well", given: { workerSilentMs: 60_000, unmovedMs: 120_000 }, expected: "ok" },
  {
    name: "a silent worker is lost",
    given: { workerSilentMs: 60_001 },
    expected: "lost",
    reason: "nothing was heard of its worker for 60 s",
  },
  {
    name: "a worker that went is lost",
    given: { workerSilentMs: Number.POSITIVE_INFINITY },
    expected: "lost",
    reason: "nothing was heard of its worker for too long",
  },
  { name: "lost is worse than stuck", given: { workerSilentMs: 1e8, unreportedMs: 1e8 }, expected: "lost" },
  { name: "who never said that it would beat is not lost", given: { workerSilentMs: null }, expected: "ok" },
  {
    name: "nothing reported for half an hour is stuck",
    given: { unreportedMs: 1_800_001, unmovedMs: 1_800_001 },
    expected: "stuck",
    reason: "nothing was reported for 30 min",
  },
  {
    name: "a job that waits for a worker gets stuck, too",
    given: { state: "pending", workerSilentMs: null, unreportedMs: 1e7 },
    expected: "stuck",
  },
  {
    name: "a worker that lives, and work that does not advance, is stalled",
    given: { unmovedMs: 150_000 },
    expected: "stalled",
    reason: "its worker lives, but nothing advanced for 3 min",
  },
  { name: "waiting on someone else's limit is no stall", given: { unmovedMs: 1e6, rateLimited: true }, expected: "ok" },
  {
    name: "a paused job's work stands still",
    given: { state: "paused", unmovedMs: 1e9, unreportedMs: 1e9 },
    expected: "ok",
  },
  { name: "but a paused job can lose its worker", given: { state: "paused", workerSilentMs: 1e6 }, expected: "lost" },
  { name: "a slow pace is slow", given: { pace: "slow" }, expected: "slow" },
  { name: "what has not begun is not stalled", given: { state: "pending", unmovedMs: 1e6 }, expected: "ok" },
])("$name", ({ given, expected, reason }) => {
  const assessed = assessLiveness({ ...WELL, ...given }, LIMITS);
  expect(assessed.liveness).toBe(expected);
  if (reason !== undefined) expect(assessed.reason).toBe(reason);
  if (expected === "ok") expect(assessed.reason).toBeNull();
});

test("a job that has ended is well, whatever the clocks say", () => {
  const worst = { ...WELL, workerSilentMs: 1e9, unreportedMs: 1e9, unmovedMs: 1e9 };
  const answers = JOB_STATES.map((state) => [state, assessLiveness({ ...worst, state }, LIMITS).liveness]);
  expect(Object.fromEntries(answers)).toMatchObject({ completed: "ok", canceled: "ok", failed: "ok", running: "lost" });
});
