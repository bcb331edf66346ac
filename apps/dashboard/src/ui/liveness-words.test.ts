import { LIVENESS } from "@playhead/core";
import { expect, test } from "vitest";
import { livenessWords, needsSomeone } from "./liveness-words.ts";

const since = "2026-11-21T14:02:30.000Z";
const job = { state: "running" as const, liveness_since: since, liveness_reason: null };

test.each([
  ["lost", "Worker lost since 14:02", true],
  ["stuck", "Stuck since 14:02", true],
  ["stalled", "Stalled since 14:02", true],
  ["slow", "Slow since 14:02", false],
] as const)("%s: %s", (liveness, what, isNeeded) => {
  expect(livenessWords({ ...job, liveness }, "UTC")?.what).toBe(what);
  expect(needsSomeone({ ...job, liveness })).toBe(isNeeded);
});

test.each(LIVENESS)("a job that has ended is past being %s", (liveness) => {
  expect(livenessWords({ ...job, state: "failed", liveness })).toBeNull();
  expect(needsSomeone({ state: "failed", liveness })).toBe(false);
});

test("says why, as the server saw it; where nobody said, what the word means", () => {
  const lost = { ...job, liveness: "lost" as const };
  expect(livenessWords({ ...lost, liveness_reason: "nothing was heard of its worker for 61 s" })?.why).toBe(
    "As seen then, nothing was heard of its worker for 61 s; the job itself has not failed.",
  );
  expect(livenessWords(lost)?.why).toBe(
    "Nothing was heard of its worker for longer than its heartbeats allow; the job itself has not failed.",
  );
});

test("one that is well needs no words", () => {
  expect(livenessWords({ ...job, liveness: "ok", liveness_since: null })).toBeNull();
});
