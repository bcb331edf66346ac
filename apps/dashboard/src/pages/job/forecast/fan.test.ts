import type { JobForecast, ToldForecast } from "@playhead/core";
import { expect, test } from "vitest";
import { fanOf, toldUpTo } from "./fan.ts";

const told = (at_ms: number, low_ms: number, ms: number, high_ms: number): ToldForecast => ({
  at_ms,
  low_ms,
  ms,
  high_ms,
});
const FORECAST = {
  told: [told(0, 400, 600, 1_000), told(100, 500, 600, 800), told(200, 580, 610, 640)],
} as unknown as JobForecast;

test("what was told up to a moment; one telling is no fan", () => {
  expect(toldUpTo(FORECAST, 150)).toEqual(FORECAST.told.slice(0, 2));
  expect(toldUpTo(FORECAST, 99)).toEqual([]);
});

test("it runs down from the first telling to the newest, and narrows with them", () => {
  const { area, line } = fanOf(FORECAST.told, { startMs: 0, endMs: 1_000 }, 1_000, 100);
  expect(line).toBe("600,0 600,50 610,100");
  expect(area).toBe("400,0 500,50 580,100 640,100 800,50 1000,0");
});
