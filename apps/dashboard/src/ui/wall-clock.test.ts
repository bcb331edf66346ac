import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { momentOf, wallText } from "./wall-clock.ts";

const ZONES = ["UTC", "Europe/Rome", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"];

test.each([
  ["2026-11-21T14:20", "Europe/Rome", "2026-11-21T13:20:00.000Z"],
  ["2026-07-01T00:00", "Asia/Kolkata", "2026-06-30T18:30:00.000Z"],
  ["2026-03-29T02:30", "Europe/Rome", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T02:30", "Europe/Rome", "2026-10-25T00:30:00.000Z"],
])("%s in %s is %s", (wall, timeZone, iso) => {
  expect(new Date(momentOf(wall, timeZone) ?? 0).toISOString()).toBe(iso);
});

test.each(["", "soon", "2026-13-01T00:00"])("%j is no time", (wall) => expect(momentOf(wall, "UTC")).toBeNull());

describe.each(ZONES)("in %s", (timeZone) => {
  test("what a field shows leads back to it, but for an hour that comes twice", () => {
    const minutes = fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2030, 0) / 60_000 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const atMs = minute * 60_000;
        const wall = wallText(atMs, timeZone);
        const back = momentOf(wall, timeZone) ?? Number.NaN;
        expect(wallText(back, timeZone)).toBe(wall);
        expect(atMs - back).toBeGreaterThanOrEqual(0);
        expect(atMs - back).toBeLessThanOrEqual(3_600_000);
      }),
      { numRuns: 300 },
    );
  });
});
