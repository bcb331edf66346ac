import { expect, test } from "vitest";
import { createDueJobs } from "./due-jobs.ts";

function setup() {
  let nowMs = 10_000;
  const due = createDueJobs(() => nowMs);
  return {
    due,
    /** Takes all, as if they were written. */
    write(...isOver: readonly string[]) {
      const taken = due.take(100);
      for (const jobId of taken) due.wrote(jobId, isOver.includes(jobId));
      return taken;
    },
    passTime(ms: number) {
      nowMs += ms;
    },
  };
}

test("a job that moves is written at once, then once a second", () => {
  const { due, write, passTime } = setup();
  due.note("a");
  expect(write()).toEqual(["a"]);
  for (let at = 0; at < 9; at += 1) {
    passTime(100);
    due.note("a");
    expect(write()).toEqual([]);
  }
  passTime(100);
  expect(write()).toEqual(["a"]);
  passTime(5_000);
  expect(write()).toEqual([]);
});

test("a change of state waits for nothing", () => {
  const { due, write } = setup();
  due.note("a");
  write();
  due.noteAtOnce("a");
  expect(write()).toEqual(["a"]);
});

test("what could not be written comes first, and nothing is taken twice", () => {
  const { due } = setup();
  for (const jobId of ["a", "b", "c"]) due.note(jobId);
  const taken = due.take(2);
  expect(taken).toEqual(["a", "b"]);
  due.giveBack(taken);
  expect(due.take(100)).toEqual(["a", "b", "c"]);
  expect(due.take(100)).toEqual([]);
});

test("of a job that is over nothing is remembered: a row of it is due at once", () => {
  const { due, write } = setup();
  due.note("a");
  write("a");
  due.note("a");
  expect(write()).toEqual(["a"]);
});
