import { describe, expect, test } from "vitest";
import { lastPeriod, rangeBefore, spanOf, spansOf, wholeRange } from "./report-range.ts";

const HOUR_MS = 3_600_000;
const ms = (iso: string) => Date.parse(iso);
const hours = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => (toMs - fromMs) / HOUR_MS;

test.each([
  {
    name: "a day of 23 hours",
    kind: "daily",
    zone: "Europe/Rome",
    at: "2026-03-30T04:00:00Z",
    from: "2026-03-28T23:00:00Z",
    long: 23,
  },
  {
    name: "a day of 25 hours",
    kind: "daily",
    zone: "Europe/Rome",
    at: "2026-10-26T05:00:00Z",
    from: "2026-10-24T22:00:00Z",
    long: 25,
  },
  {
    name: "a day of 24.5 hours",
    kind: "daily",
    zone: "Australia/Lord_Howe",
    at: "2026-04-05T20:00:00Z",
    from: "2026-04-04T13:00:00Z",
    long: 24.5,
  },
  {
    name: "a week of 167 hours",
    kind: "weekly",
    zone: "Europe/Rome",
    at: "2026-03-30T04:00:00Z",
    from: "2026-03-22T23:00:00Z",
    long: 167,
  },
  {
    name: "a week that is over this moment",
    kind: "weekly",
    zone: "UTC",
    at: "2026-11-23T00:00:00Z",
    from: "2026-11-16T00:00:00Z",
    long: 168,
  },
  {
    name: "a week that is not over yet",
    kind: "weekly",
    zone: "UTC",
    at: "2026-11-22T23:59:59.999Z",
    from: "2026-11-09T00:00:00Z",
    long: 168,
  },
] as const)("the last period: $name", ({ kind, zone, at, from, long }) => {
  const period = lastPeriod(kind, zone, ms(at));
  expect(new Date(period.fromMs).toISOString().replace(".000", "")).toBe(from);
  expect(hours(period)).toBe(long);
});

describe("the range before", () => {
  test("of whole days is of as many days, however long they are", () => {
    const week = lastPeriod("weekly", "Europe/Rome", ms("2026-04-06T04:00:00Z"));
    expect(hours(week)).toBe(168);
    expect(hours(rangeBefore(week, "Europe/Rome"))).toBe(167);
  });
  test("of anything else is as long", () => {
    const range = { fromMs: ms("2026-03-29T10:00:00Z"), toMs: ms("2026-03-30T09:00:00Z") };
    expect(rangeBefore(range, "Europe/Rome")).toEqual({ fromMs: ms("2026-03-28T11:00:00Z"), toMs: range.fromMs });
  });
});

test("spans follow each other without a gap, from the first moment to the last", () => {
  const range = { fromMs: ms("2026-10-20T13:30:00Z"), toMs: ms("2026-10-28T02:10:00Z") };
  for (const span of ["hour", "day", "week", "month"] as const) {
    const spans = spansOf(range, span, "Europe/Rome");
    expect([spans[0]?.fromMs, spans.at(-1)?.toMs]).toEqual([range.fromMs, range.toMs]);
    for (const [at, { fromMs }] of spans.entries()) if (at > 0) expect(fromMs).toBe(spans[at - 1]?.toMs);
  }
  expect(spansOf(range, "day", "Europe/Rome").map(hours)).toEqual([8.5, 24, 24, 24, 24, 25, 24, 24, 3 + 1 / 6]);
});

test.each([
  { days: 1, span: "hour" },
  { days: 7, span: "day" },
  { days: 62, span: "day" },
  { days: 63, span: "week" },
  { days: 366, span: "week" },
  { days: 800, span: "month" },
])("$days days are shown by the $span", ({ days, span }) => {
  expect(spanOf("custom", { fromMs: 0, toMs: days * 24 * HOUR_MS })).toBe(span);
});

test("a range is widened to whole minutes, of which calls are summed up", () => {
  expect(wholeRange({ fromMs: 61_000, toMs: 119_001 })).toEqual({ fromMs: 60_000, toMs: 120_000 });
});
