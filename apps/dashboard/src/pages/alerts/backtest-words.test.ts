import type { AlertBacktest } from "@playhead/core";
import { expect, test } from "vitest";
import { backtestWords, firingSpans } from "./backtest-words.ts";

const backtest = (fired: number, samples = 10): AlertBacktest => ({
  from: "2026-11-14T00:00:00.000Z",
  to: "2026-11-21T00:00:00.000Z",
  fired,
  samples,
  firings: [],
});

test.each([
  {
    name: "nothing to look at",
    given: backtest(0, 0),
    days: 7,
    said: "Nothing that it looks at happened in the last 7 days.",
  },
  { name: "never", given: backtest(0), days: 1, said: "Would not have fired in the last day." },
  { name: "once", given: backtest(1), days: 7, said: "Would have fired once in the last 7 days." },
  { name: "often", given: backtest(3), days: 30, said: "Would have fired 3 times in the last 30 days." },
])("$name", ({ given, days, said }) => {
  expect(backtestWords(given, days)).toBe(said);
});

test("what fired stands where it was, to the end where it has none", () => {
  const firing = (at: string, until: string | null) => ({ at, until, labels: {}, value: null });
  const spans = firingSpans({
    ...backtest(2),
    firings: [firing("2026-11-14T00:00:00.000Z", "2026-11-17T12:00:00.000Z"), firing("2026-11-17T12:00:00.000Z", null)],
  });
  expect(spans).toEqual([
    { from: 0, to: 0.5 },
    { from: 0.5, to: 1 },
  ]);
});
