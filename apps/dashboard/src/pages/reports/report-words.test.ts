import { describe, expect, test } from "vitest";
import { axisText, comparisonText, cronText, isGoodNews, rangeText, spanText, valueText } from "./report-words.ts";

describe("values, as in the report's files", () => {
  test.each([
    [null, "count", "–"],
    [1204, "count", "1,204"],
    [0.125, "ratio", "13 %"],
    [0.004, "ratio", "0.4 %"],
    [0.0004, "ratio", "<0.1 %"],
    [0, "ratio", "0 %"],
    [-0.12, "change", "−12 %"],
    [0.0004, "change", "<0.1 %"],
    [0.42, "ms", "0.42 ms"],
    [182.4, "ms", "182 ms"],
    [192_000, "ms", "3 m 12 s"],
    [71.25, "score", "71.3"],
    ["renderClip", "text", "renderClip"],
    ["2026-11-16T05:00:00.000Z", "time", "16 Nov 2026 06:00"],
  ] as const)("%s of unit %s is %s", (value, unit, text) => expect(valueText(value, unit, "Europe/Rome")).toBe(text));
});

describe("a figure and the period before", () => {
  const figure = (value: number | null, before: number | null, change: number | null) => ({
    ...({ id: "clips", label: "Clips", unit: "count", better: "higher" } as const),
    ...{ value, before, change },
  });
  test.each([
    [figure(412, 368, 0.12), "12 % more than 368", true],
    [figure(1_875, 127, 13.76), "15 times 127", true],
    [figure(381, 127, 2), "3 times 127", true],
    [figure(368, 412, -0.107), "11 % less than 412", false],
    [figure(5, 5, 0), "as before: 5", null],
    [figure(5, 0, null), "before: 0", null],
    [figure(5, null, null), "nothing to compare with", null],
    [figure(null, null, null), "", null],
  ])("%o", (given, text, isGood) => {
    expect(comparisonText(given, "UTC")).toBe(text);
    expect(isGoodNews(given)).toBe(isGood);
  });
  test("fewer errors are good news, and an error rate has no side that is not told", () => {
    expect(isGoodNews({ change: -0.5, better: "lower" })).toBe(true);
    expect(isGoodNews({ change: -0.5, better: null })).toBeNull();
  });
});

test.each([
  ["2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z", "16 Nov – 22 Nov 2026"],
  ["2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z", "21 Nov 2026"],
  ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "25 Oct 2026"],
  ["2026-11-20T10:00:00Z", "2026-11-21T23:00:00Z", "20 Nov 2026 11:00 – 22 Nov 2026 00:00"],
])("from %s to %s in Rome is %s", (from, to, text) => expect(rangeText(from, to, "Europe/Rome")).toBe(text));

test.each([
  ["0 6 * * 1", "every Monday at 06:00"],
  ["30 18 * * *", "every day at 18:30"],
  ["0 6 * * 7", "every Sunday at 06:00"],
  ["0 6 1 * *", "at 0 6 1 * *"],
  ["*/5 * * * *", "at */5 * * * *"],
])("%s is %s", (cron, text) => expect(cronText({ cron })).toBe(text));

describe("a chart's axis", () => {
  const spansOf = (...moments: readonly string[]) =>
    moments.slice(1).map((to, at) => ({ from: `2026-11-${moments[at]}:00Z`, to: `2026-11-${to}:00Z` }));
  test.each([
    {
      name: "days",
      spans: spansOf("15T23:00", "16T23:00", "17T23:00"),
      axis: ["16 Nov 2026", "17 Nov 2026"],
      of: "16 Nov",
    },
    {
      name: "hours",
      spans: spansOf("15T23:00", "16T00:00", "16T01:00"),
      axis: ["16 Nov 2026 00:00", "16 Nov 2026 02:00"],
      of: "00:00",
    },
  ])("of $name", ({ spans, axis, of }) => {
    expect(axisText(spans, "Europe/Rome")).toEqual(axis);
    expect(spanText(spans[0] ?? { from: "", to: "" }, "Europe/Rome")).toBe(of);
  });
  test("of nothing", () => expect(axisText([], "UTC")).toBeNull());
});
