import { expect, test } from "vitest";
import { windowOf } from "./window-of.ts";

const HOUR_MS = 3_600_000;
const hours = (count: number) => ({ fromMs: 0, toMs: count * HOUR_MS });

test.each([
  { name: "two hours", ranges: [hours(1), hours(1)], expected: "minute" },
  { name: "two days", ranges: [hours(24), hours(24)], expected: "hour" },
  { name: "two weeks", ranges: [hours(168), hours(168)], expected: "day" },
  { name: "a day with a month", ranges: [hours(720), hours(24)], expected: "hour" },
])("$name are compared by the $expected", ({ ranges, expected }) => {
  expect(windowOf(...ranges)).toBe(expected);
});
