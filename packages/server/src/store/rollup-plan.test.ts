import fc from "fast-check";
import { expect, test } from "vitest";
import { createCalendar } from "./calendar.ts";
import { planRollups, widenRange } from "./rollup-plan.ts";

const NEVER = Number.MIN_SAFE_INTEGER;
const plan = (from: string, to: string, zone = "Europe/Rome", minutesFromMs = NEVER) =>
  planRollups(createCalendar(zone), { fromMs: Date.parse(from), toMs: Date.parse(to) }, minutesFromMs).map(
    ({ span, range }) =>
      `${span} ${new Date(range.fromMs).toISOString().slice(0, 16)} ${new Date(range.toMs).toISOString().slice(0, 16)}`,
  );

test("takes the largest spans that fit, smaller ones at the ends", () => {
  expect(plan("2026-01-30T10:58:30Z", "2026-03-02T01:01:00Z")).toEqual([
    "minute 2026-01-30T10:58 2026-01-30T11:00",
    "hour 2026-01-30T11:00 2026-01-30T23:00",
    "day 2026-01-30T23:00 2026-01-31T23:00",
    "month 2026-01-31T23:00 2026-02-28T23:00",
    "day 2026-02-28T23:00 2026-03-01T23:00",
    "hour 2026-03-01T23:00 2026-03-02T01:00",
    "minute 2026-03-02T01:00 2026-03-02T01:01",
  ]);
});

test("takes weeks where no month fits, but for one that a whole month begins in", () => {
  expect(plan("2026-08-04T00:00Z", "2026-09-20T00:00Z", "UTC")).toEqual([
    "day 2026-08-04T00:00 2026-08-10T00:00",
    "week 2026-08-10T00:00 2026-09-14T00:00",
    "day 2026-09-14T00:00 2026-09-20T00:00",
  ]);
  expect(plan("2026-08-17T00:00Z", "2026-10-12T00:00Z", "UTC")).toEqual([
    "week 2026-08-17T00:00 2026-08-31T00:00",
    "day 2026-08-31T00:00 2026-09-01T00:00",
    "month 2026-09-01T00:00 2026-10-01T00:00",
    "day 2026-10-01T00:00 2026-10-05T00:00",
    "week 2026-10-05T00:00 2026-10-12T00:00",
  ]);
});

test("goes by hours where minutes are no longer kept", () => {
  const from = Date.parse("2026-01-02T00:00Z");
  expect(plan("2026-01-01T20:20Z", "2026-01-02T00:05Z", "UTC", from)).toEqual([
    "hour 2026-01-01T20:00 2026-01-02T00:00",
    "minute 2026-01-02T00:00 2026-01-02T00:05",
  ]);
});

test("is empty for a range that is", () => {
  expect(plan("2026-01-02T00:00Z", "2026-01-02T00:00Z")).toEqual([]);
  expect(plan("2026-01-02T00:00Z", "2026-01-01T00:00Z")).toEqual([]);
});

test("covers the widened range without a gap, whatever the zone", () => {
  const moment = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) });
  const zone = fc.constantFrom("Europe/Rome", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York");
  fc.assert(
    fc.property(zone, moment, moment, (name, fromMs, toMs) => {
      fc.pre(fromMs < toMs);
      const calendar = createCalendar(name);
      const pieces = planRollups(calendar, { fromMs, toMs }, NEVER);
      const widened = widenRange(calendar, { fromMs, toMs }, NEVER);
      expect(pieces[0]?.range.fromMs).toBe(widened.fromMs);
      expect(pieces.at(-1)?.range.toMs).toBe(widened.toMs);
      for (const [at, { range }] of pieces.entries()) {
        if (at > 0) expect(range.fromMs).toBe(pieces[at - 1]?.range.toMs);
      }
      expect(pieces.length).toBeLessThan(12);
    }),
  );
});
