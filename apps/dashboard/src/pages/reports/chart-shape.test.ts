import type { ReportChart } from "@playhead/core";
import { expect, test } from "vitest";
import { chartShape } from "./chart-shape.ts";

const chart = (drawn: "bars" | "lines", ...values: readonly (readonly (number | null)[])[]): ReportChart => ({
  id: "c",
  title: "C",
  drawn,
  unit: "count",
  spans: (values[0] ?? []).map(() => ({ from: "", to: "" })),
  series: values.map((each, at) => ({ id: String(at), label: String(at), values: each })),
});

test("bars stand on each other, under a round top", () => {
  const { top, series } = chartShape(chart("bars", [30, 0], [10, null]));
  expect(top).toBe(50);
  expect(series.map(({ bars }) => bars.map(({ y, height }) => [y, height]))).toEqual([[[0, 0.6]], [[0.6, 0.2]]]);
});

test("lines have gaps where there was nothing to measure", () => {
  const { top, series } = chartShape(chart("lines", [1, null, 2, 2]));
  expect([top, series[0]?.runs]).toEqual([
    2,
    [
      [[0.125, 0.5]],
      [
        [0.625, 1],
        [0.875, 1],
      ],
    ],
  ]);
});

test("nothing at all is drawn as nothing", () => {
  expect(chartShape(chart("lines", [null])).top).toBe(1);
  expect(chartShape(chart("bars")).series).toEqual([]);
});
