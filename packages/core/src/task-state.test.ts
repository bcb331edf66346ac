import { describe, expect, test } from "vitest";
import { isFinalTaskState, isTaskState, TASK_STATES, TASK_TRANSITIONS, type TaskState } from "./task-state.ts";

/** Written down once more, from the specification and not from the source: each allowed step, and no other. */
const ALLOWED: ReadonlySet<string> = new Set([
  "pending → processing",
  "pending → failed",
  "pending → skipped",
  "pending → canceled",
  "processing → completed",
  "processing → failed",
  "processing → canceled",
]);

const STATES: readonly TaskState[] = ["pending", "processing", "completed", "failed", "skipped", "canceled"];

const pairs = STATES.flatMap((from) => STATES.map((to) => ({ from, to })));

describe("task states", () => {
  test("the table knows the six states of the specification and no other", () => {
    expect([...TASK_STATES]).toEqual(STATES);
    expect(Object.keys(TASK_TRANSITIONS)).toEqual(STATES);
    for (const row of Object.values(TASK_TRANSITIONS)) expect(Object.keys(row)).toEqual(STATES);
  });

  test.each(pairs)("I2: the task table answers $from → $to", ({ from, to }) => {
    expect(TASK_TRANSITIONS[from][to]).toBe(ALLOWED.has(`${from} → ${to}`));
  });

  test("a state is final exactly when nothing leads out of it", () => {
    for (const state of STATES) {
      expect(isFinalTaskState(state)).toBe(Object.values(TASK_TRANSITIONS[state]).every((may) => !may));
    }
  });

  test.each(["", "Completed", "running", "toString", null, undefined, 0, {}])("%j is no task state", (word) => {
    expect(isTaskState(word)).toBe(false);
  });

  test("each state is one", () => {
    expect(STATES.every(isTaskState)).toBe(true);
  });
});
