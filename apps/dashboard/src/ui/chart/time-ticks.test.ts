import { expect, test } from "vitest";
import { formatChartMoment, timeTickWords } from "./time-ticks.ts";

const HOUR = 3_600_000;
const at = (iso: string) => Date.parse(iso);

test.each([
  {
    name: "hours, and the date where a day begins",
    ticks: ["2026-11-21T23:00:00Z", "2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z"],
    stepMs: HOUR,
    words: ["23:00", "22 Nov", "01:00"],
  },
  {
    name: "days",
    ticks: ["2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"],
    stepMs: 24 * HOUR,
    words: ["21 Nov", "22 Nov"],
  },
  { name: "seconds", ticks: ["2026-11-21T10:00:05Z"], stepMs: 5_000, words: ["10:00:05"] },
])("ticks by $name", ({ ticks, stepMs, words }) => {
  expect(timeTickWords(ticks.map(at), stepMs, "UTC")).toEqual(words);
});

test("a moment is told in its zone, as precisely as points are apart", () => {
  const moment = at("2026-11-21T23:30:05Z");
  expect(formatChartMoment(moment, HOUR, "UTC")).toBe("Sat 21 Nov, 23:30");
  expect(formatChartMoment(moment, HOUR, "Asia/Tokyo")).toBe("Sun 22 Nov, 08:30");
  expect(formatChartMoment(moment, 1_000, "UTC")).toBe("Sat 21 Nov, 23:30:05");
  expect(formatChartMoment(moment, 24 * HOUR, "UTC")).toBe("Sat 21 Nov");
});
