import { expect, test } from "vitest";
import { everySecond, untilWholeSecond } from "./whole-second.ts";

test.each([
  [0, 1_000],
  [1, 999],
  [500, 500],
  [501, 1_499],
  [999, 1_001],
  [1_700_000_000_250, 750],
])("from %d ms it is %d ms to the next whole second that is not near", (nowMs, expected) => {
  expect(untilWholeSecond(nowMs)).toBe(expected);
});

/** A clock whose timers go off a millisecond early, or late. */
function setup(offMs: number) {
  let clockMs = 300;
  let due: { readonly atMs: number; readonly callback: () => void } | null = null;
  const calls: number[] = [];
  const end = everySecond(() => calls.push(clockMs), {
    nowMs: () => clockMs,
    setTimer(callback, delayMs) {
      const mine = { atMs: clockMs + delayMs + offMs, callback };
      due = mine;
      return () => {
        if (due === mine) due = null;
      };
    },
  });
  return {
    ...{ calls, end },
    next(): void {
      if (due === null) return;
      const { atMs, callback } = due;
      clockMs = atMs;
      callback();
    },
  };
}

test.each([-1, 0, 40])("each whole second is called once, though timers go off %d ms late", (offMs) => {
  const { calls, next, end } = setup(offMs);
  for (let time = 0; time < 3; time++) next();
  expect(calls).toEqual([1_000 + offMs, 2_000 + offMs, 3_000 + offMs]);
  end();
  next();
  expect(calls).toHaveLength(3);
});

test("what throws is called again all the same", () => {
  let clockMs = 0;
  let calls = 0;
  const due: (() => void)[] = [];
  everySecond(
    () => {
      calls += 1;
      throw new Error("thrown");
    },
    {
      nowMs: () => clockMs,
      setTimer(callback) {
        due.push(callback);
        return () => undefined;
      },
    },
  );
  for (let time = 0; time < 2; time++) {
    clockMs += 1_000;
    expect(due.shift()).toThrow("thrown");
  }
  expect(calls).toBe(2);
});
