import { expect, test } from "vitest";
import { observed } from "../../test/observed.ts";
import { monitor } from "../monitor/monitor.ts";

/** A clock that passes with each look at it, so that recording costs something, and as much each time. */
function tickingClock(perLookMs: number) {
  let now = 0;
  return {
    clock: () => {
      now += perLookMs;
      return now;
    },
    pass(ms: number) {
      now += ms;
    },
    nowMs: () => Date.parse("2026-11-21T10:00:00.000Z") + now,
  };
}

test("a function over the budget is added up, and it is said; no call and no error is lost", async () => {
  const time = tickingClock(0.01);
  const { ended, totals, lines, playhead, clock } = observed({ nowMs: time.nowMs, monitoring: { clock: time.clock } });
  const hot = monitor(function hot(n: number) {
    time.pass(0.01);
    if (n % 100 === 0) throw new Error("hundredth");
  });
  const CALLS = 50_000;
  for (let n = 0; n < CALLS; n += 1) {
    try {
      hot(n);
    } catch {
      // As wanted.
    }
  }
  const report = playhead.monitoring();
  // The timers have a clock of their own.
  await clock.advance(100);
  const [recorded, sums, said] = [await ended(), await totals(), await lines()];
  const summed = sums.reduce((all, { count, errors }) => ({ count: all.count + count, errors: all.errors + errors }), {
    count: 0,
    errors: 0,
  });
  expect(recorded.length).toBeGreaterThan(0);
  expect(summed.count).toBe(CALLS - recorded.length);
  expect(summed.errors).toBe(CALLS / 100 - recorded.filter(({ error }) => error !== undefined).length);
  expect(report.summarized_functions).toEqual([{ name: "hot", keeping: "counted" }]);
  expect(said[0]).toMatchObject({ level: "warning", logger: "playhead", function_name: "hot" });
  expect(said[0]?.message).toMatch(/^hot is called \d+ times a second, over the budget for monitoring: /);
  expect(sums.some(({ timed_count, count }) => timed_count !== undefined && timed_count < count)).toBe(true);
});

test("sums of what is timed are exact, minute by minute", async () => {
  const { totals, clock } = observed({ monitoring: { budget: false, capacity: 0 } });
  const work = monitor(async function work(ms: number) {
    await new Promise<void>((resolve) => void clock.setTimer(resolve, ms, true));
  });
  const all = [work(10), work(20), work(30)];
  await clock.advance(60_000);
  const later = work(5);
  await clock.advance(10);
  await Promise.all([...all, later]);
  const [first, second] = await totals();
  expect(first).toMatchObject({ count: 3, duration_sum_ms: 60, duration_min_ms: 10, duration_max_ms: 30 });
  expect(second).toMatchObject({ count: 1, duration_sum_ms: 5 });
  expect(first?.timed_count).toBeUndefined();
});
