import type { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { createRequestLimit } from "./request-limit.ts";

function setup(perSecond = 10, burst = 20) {
  let now = 1_000_000;
  const limit = createRequestLimit({ perSecond, burst, nowMs: () => now });
  function ask(caller: string): number {
    try {
      limit.admit(caller);
      return 0;
    } catch (error) {
      expect(error).toMatchObject({ code: "rate_limited" });
      return (error as PlayheadError).detail.retry_after_ms as number;
    }
  }
  return {
    limit,
    ask,
    pass: (ms: number) => {
      now += ms;
    },
    admitted: (caller: string, tries: number) =>
      Array.from({ length: tries }, () => ask(caller)).filter((ms) => ms === 0),
  };
}

test("a burst is admitted, then as many as the rate says; others are not touched", () => {
  const { ask, admitted, pass } = setup();
  expect(admitted("a", 30)).toHaveLength(20);
  expect(ask("b")).toBe(0);
  expect(ask("a")).toBe(100);
  pass(99);
  expect(ask("a")).toBe(1);
  pass(1);
  expect(ask("a")).toBe(0);
  pass(1_000);
  expect(admitted("a", 30)).toHaveLength(10);
  pass(3_600_000);
  expect(admitted("a", 30)).toHaveLength(20);
});

test("another rate holds at once, for who has asked before, too", () => {
  const { limit, ask, admitted, pass } = setup();
  expect(admitted("a", 5)).toHaveLength(5);
  limit.setLimits({ perSecond: 1, burst: 2 });
  expect(admitted("a", 5)).toHaveLength(2);
  expect(ask("a")).toBe(1_000);
  limit.setLimits({ perSecond: 100, burst: 200 });
  pass(1_000);
  expect(admitted("a", 300)).toHaveLength(100);
});

test("a clock that was set back neither gives nor takes", () => {
  const { ask, admitted, pass } = setup();
  expect(admitted("a", 19)).toHaveLength(19);
  pass(-60_000);
  expect(ask("a")).toBe(0);
  expect(ask("a")).toBeGreaterThan(0);
});

test("callers who have been quiet are forgotten when there are many, busy ones are not", () => {
  const { limit, ask, pass, admitted } = setup();
  for (let caller = 0; caller < 10_000; caller++) ask(`quiet ${caller}`);
  pass(1_900);
  admitted("busy", 20);
  expect(limit.callers()).toBeLessThan(10);
  expect(ask("busy")).toBeGreaterThan(0);
});
