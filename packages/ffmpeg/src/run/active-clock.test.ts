import { expect, test } from "vitest";
import { createActiveClock } from "./active-clock.ts";

test("stands still while paused, however often it is told", () => {
  let nowMs = 1_000;
  const clock = createActiveClock(() => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
    return clock.activeMs();
  };
  expect(pass(50)).toBe(50);
  clock.pause();
  clock.pause();
  expect(pass(500)).toBe(50);
  clock.pause();
  expect(pass(500)).toBe(50);
  clock.resume();
  clock.resume();
  expect(pass(25)).toBe(75);
});
