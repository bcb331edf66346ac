import { expect, test } from "vitest";
import type { ChartUnit } from "./chart-series.ts";
import { formatTick, formatValue } from "./format-value.ts";

test.each<[ChartUnit, number | null, string, string]>([
  ["ms", 38.4, "38 ms", "38 ms"],
  ["ms", 5_000, "5.0 s", "5 s"],
  ["percent", 0.42, "0.4 %", "0.4 %"],
  ["percent", 87.6, "88 %", "88 %"],
  ["ratio", 0.031, "3.1 %", "3.1 %"],
  ["bytes", 2_000_000_000, "2.0 GB", "2 GB"],
  ["count", 12_400, "12,400", "12,400"],
  ["per_minute", 4.21, "4.2 a minute", "4.2"],
])("%s: %d is %s, on an axis %s", (unit, value, said, tick) => {
  expect(formatValue(unit, value)).toBe(said);
  expect(formatTick(unit, value as number)).toBe(tick);
});

test("nothing is a dash, and no zero has a unit on an axis", () => {
  expect([formatValue("ms", null), formatValue("ms", undefined), formatTick("bytes", 0)]).toEqual(["–", "–", "0"]);
});
