import { expect, test } from "vitest";
import type { ReportChart } from "./report.ts";
import { chartNote } from "./report-chart.ts";

const SPANS = ["Mon", "Tue", "Wed"].map((day) => ({ from: day, to: `after ${day}` }));
const chartOf = (drawn: ReportChart["drawn"], ...values: readonly (number | null)[][]) => ({
  drawn,
  spans: SPANS,
  series: values.map((each, at) => ({ id: `${at}`, label: `${at}`, values: each })),
});

const ONLY_TUESDAY = "Only Tue has something to show: its figures are in the tables below.";

test.each([
  { name: "no series at all", chart: chartOf("lines"), said: "Nothing in this period." },
  { name: "nothing but zeros", chart: chartOf("bars", [0, 0, 0], [0, null, 0]), said: "Nothing in this period." },
  { name: "one bar, which is a picture", chart: chartOf("bars", [0, 3, 0]), said: null },
  { name: "one point of each line", chart: chartOf("lines", [null, 3, null], [null, 4, null]), said: ONLY_TUESDAY },
  { name: "a point here, a point there", chart: chartOf("lines", [null, 3, null], [2, null, null]), said: null },
])("$name: $said", ({ chart, said }) => {
  expect(chartNote(chart, ({ from }) => from)).toBe(said);
});
