import { expect, test } from "vitest";
import { ticksUpTo } from "./chart-scale.ts";
import { comparisonText, spanText, valueText } from "./value-text.ts";

test.each([
  [null, "count", "–"],
  [120_412, "count", "120,412"],
  [0, "ratio", "0 %"],
  [0.0004, "ratio", "<0.1 %"],
  [0.0042, "ratio", "0.4 %"],
  [0.1249, "ratio", "12 %"],
  [0.21, "change", "+21 %"],
  [-0.085, "change", "−8.5 %"],
  [0, "change", "±0 %"],
  [0, "ms", "0 ms"],
  [0.4213, "ms", "0.42 ms"],
  [182.4, "ms", "182 ms"],
  [999.6, "ms", "1.0 s"],
  [9_960, "ms", "10 s"],
  [59_600, "ms", "1 m 00 s"],
  [192_000, "ms", "3 m 12 s"],
  [3_599_900, "ms", "1 h 00 m"],
  [7_500_000, "ms", "2 h 05 m"],
  [367_200_000, "ms", "4 d 6 h"],
  [87.25, "score", "87.3"],
  ["a <b>", "text", "a <b>"],
  ["2026-10-25T00:30:00Z", "time", "2026-10-25 02:30"],
  ["2026-10-25T01:30:00Z", "time", "2026-10-25 02:30"],
] as const)("%s as %s: %s", (value, unit, text) => {
  expect(valueText(value, unit, "Europe/Rome")).toBe(text);
});

test.each([
  [{ value: 412, before: 368, change: 412 / 368 - 1 }, "12 % more than 368"],
  [{ value: 30, before: 40, change: -0.25 }, "25 % less than 40"],
  [{ value: 3, before: 0, change: null }, "before: 0"],
  [{ value: 38, before: 38, change: 0 }, "as before: 38"],
  [{ value: null, before: 38, change: null }, "before: 38"],
  [{ value: 3, before: null, change: null }, "nothing to compare with"],
  [{ value: null, before: null, change: null }, ""],
])("%j compares as %s", (figure, text) => {
  expect(comparisonText(figure, "count", "UTC")).toBe(text);
});

test.each([
  ["2026-11-16T05:00:00Z", "2026-11-16T06:00:00Z", "06:00"],
  ["2026-11-15T23:00:00Z", "2026-11-16T23:00:00Z", "Mon 16"],
  ["2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z", "16 Nov"],
  ["2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "Nov 2026"],
])("%s to %s is called %s", (from, to, text) => {
  expect(spanText({ from, to }, "Europe/Rome")).toBe(text);
});

test.each([
  { name: "nothing", largest: 0, unit: "count", ticks: [0, 1] },
  { name: "few whole things", largest: 2, unit: "count", ticks: [0, 1, 2] },
  { name: "many", largest: 90, unit: "count", ticks: [0, 50, 100] },
  { name: "a share", largest: 0.3, unit: "ratio", ticks: [0, 0.1, 0.2, 0.3] },
  { name: "milliseconds", largest: 70, unit: "ms", ticks: [0, 20, 40, 60, 80] },
  { name: "minutes", largest: 130_000, unit: "ms", ticks: [0, 60_000, 120_000, 180_000] },
  { name: "days", largest: 5 * 86_400_000, unit: "ms", ticks: [0, 2, 4, 6].map((days) => days * 86_400_000) },
] as const)("the lines of a chart of $name", ({ largest, unit, ticks }) => {
  const found = ticksUpTo(largest, unit);
  expect(found).toHaveLength(ticks.length);
  for (const [at, tick] of ticks.entries()) expect(found[at]).toBeCloseTo(tick, 9);
});
