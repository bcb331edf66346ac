import { describe, expect, test } from "vitest";
import { isFinalJobState, isJobState, JOB_STATES, JOB_TRANSITIONS, type JobState } from "./job-state.ts";

/** Written down once more, from the specification and not from the source: each allowed step, and no other. */
const ALLOWED: ReadonlySet<string> = new Set([
  "pending → running",
  "pending → canceling",
  "pending → failed",
  "running → pausing",
  "running → completing",
  "running → canceling",
  "running → failed",
  "pausing → paused",
  "pausing → running",
  "pausing → canceling",
  "pausing → failed",
  "paused → running",
  "paused → canceling",
  "paused → failed",
  "completing → completed",
  "completing → failed",
  "canceling → canceled",
  "canceling → failed",
]);

const STATES: readonly JobState[] = [
  "pending",
  "running",
  "pausing",
  "paused",
  "completing",
  "canceling",
  "completed",
  "canceled",
  "failed",
];

const pairs = STATES.flatMap((from) => STATES.map((to) => ({ from, to })));

describe("job states", () => {
  test("the table knows the nine states of the specification and no other", () => {
    expect([...JOB_STATES]).toEqual(STATES);
    expect(Object.keys(JOB_TRANSITIONS)).toEqual(STATES);
    for (const row of Object.values(JOB_TRANSITIONS)) expect(Object.keys(row)).toEqual(STATES);
  });

  test.each(pairs)("I1: the job table answers $from → $to", ({ from, to }) => {
    expect(JOB_TRANSITIONS[from][to]).toBe(ALLOWED.has(`${from} → ${to}`));
  });

  test("a state is final exactly when nothing leads out of it", () => {
    for (const state of STATES) {
      expect(isFinalJobState(state)).toBe(Object.values(JOB_TRANSITIONS[state]).every((may) => !may));
    }
  });

  test.each(["", "Running", "processing", "__proto__", "constructor", null, undefined, 1, ["running"]])(
    "%j is no job state",
    (word) => {
      expect(isJobState(word)).toBe(false);
    },
  );

  test("each state is one", () => {
    expect(STATES.every(isJobState)).toBe(true);
  });
});
