import { describe, expect, test } from "vitest";
import { createCalendar } from "./calendar.ts";
import type { RollupSpan } from "./telemetry-store.ts";

const iso = (atMs: number) => new Date(atMs).toISOString().replace(/:00\.000Z$/, "Z");

describe("the span that a moment lies in", () => {
  test.each<{ zone: string; span: RollupSpan; at: string; start: string; end: string; name: string }>([
    {
      name: "a minute",
      zone: "Europe/Rome",
      span: "minute",
      at: "2026-11-21T10:07:59.999Z",
      start: "2026-11-21T10:07Z",
      end: "2026-11-21T10:08Z",
    },
    {
      name: "an hour",
      zone: "Europe/Rome",
      span: "hour",
      at: "2026-11-21T10:59Z",
      start: "2026-11-21T10:00Z",
      end: "2026-11-21T11:00Z",
    },
    {
      name: "an hour 45 minutes off",
      zone: "Asia/Kathmandu",
      span: "hour",
      at: "2026-11-21T10:14Z",
      start: "2026-11-21T09:15Z",
      end: "2026-11-21T10:15Z",
    },
    {
      name: "a day",
      zone: "Asia/Kathmandu",
      span: "day",
      at: "2026-11-21T10:14Z",
      start: "2026-11-20T18:15Z",
      end: "2026-11-21T18:15Z",
    },
    {
      name: "a day of 23 hours",
      zone: "Europe/Rome",
      span: "day",
      at: "2026-03-29T12:00Z",
      start: "2026-03-28T23:00Z",
      end: "2026-03-29T22:00Z",
    },
    {
      name: "a day of 25 hours",
      zone: "Europe/Rome",
      span: "day",
      at: "2026-10-25T12:00Z",
      start: "2026-10-24T22:00Z",
      end: "2026-10-25T23:00Z",
    },
    {
      name: "the first of two hours called 2",
      zone: "Europe/Rome",
      span: "hour",
      at: "2026-10-25T00:30Z",
      start: "2026-10-25T00:00Z",
      end: "2026-10-25T01:00Z",
    },
    {
      name: "the second of them",
      zone: "Europe/Rome",
      span: "hour",
      at: "2026-10-25T01:30Z",
      start: "2026-10-25T01:00Z",
      end: "2026-10-25T02:00Z",
    },
    {
      name: "the half hour that happens again",
      zone: "Australia/Lord_Howe",
      span: "hour",
      at: "2026-04-04T15:10Z",
      start: "2026-04-04T15:00Z",
      end: "2026-04-04T15:30Z",
    },
    {
      name: "the hour before it",
      zone: "Australia/Lord_Howe",
      span: "hour",
      at: "2026-04-04T14:59Z",
      start: "2026-04-04T14:00Z",
      end: "2026-04-04T15:00Z",
    },
    {
      name: "a day that begins at one o'clock",
      zone: "Africa/Cairo",
      span: "day",
      at: "2026-04-24T12:00Z",
      start: "2026-04-23T22:00Z",
      end: "2026-04-24T21:00Z",
    },
    {
      name: "an ISO week over a new year",
      zone: "UTC",
      span: "week",
      at: "2027-01-01T00:00Z",
      start: "2026-12-28T00:00Z",
      end: "2027-01-04T00:00Z",
    },
    {
      name: "a week with a change of clocks",
      zone: "Europe/Rome",
      span: "week",
      at: "2026-10-25T22:59Z",
      start: "2026-10-18T22:00Z",
      end: "2026-10-25T23:00Z",
    },
    {
      name: "a month",
      zone: "America/New_York",
      span: "month",
      at: "2026-03-08T00:00Z",
      start: "2026-03-01T05:00Z",
      end: "2026-04-01T04:00Z",
    },
  ])("$name ($zone)", ({ zone, span, at, start, end }) => {
    const calendar = createCalendar(zone);
    const startMs = calendar.startOf(span, Date.parse(at));
    expect([iso(startMs), iso(calendar.endOf(span, startMs))]).toEqual([start, end]);
  });
});

test.each(["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"])(
  "spans follow each other without a gap over a year in %s",
  (zone) => {
    const calendar = createCalendar(zone);
    for (const span of ["hour", "day", "week", "month"] as const) {
      let at = calendar.startOf(span, Date.UTC(2026, 0, 1));
      while (at < Date.UTC(2027, 0, 2)) {
        const end = calendar.endOf(span, at);
        expect(end).toBeGreaterThan(at);
        expect([calendar.startOf(span, at), calendar.startOf(span, end - 1), calendar.startOf(span, end)]).toEqual([
          at,
          at,
          end,
        ]);
        at = end;
      }
    }
  },
);

test("a zone that is none is refused", () => {
  expect(() => createCalendar("Europe/Atlantis")).toThrow(
    'expected an IANA time zone such as Europe/Rome, got "Europe/Atlantis"',
  );
});
