import { expect, it } from "vitest";
import { createMoments } from "./moments.ts";

const SECOND = "2026-07-03T12:34:56.";

it.each([
  "2026-07-03T12:34:56.789Z",
  "2026-07-03T12:34:56.001Z",
  "2026-07-03T12:34:56.7Z",
  "2026-07-03T12:34:56.789+02:00",
  "2026-07-03T12:34:56.7890",
  "2026-07-03T12:34:56.78xZ",
  "2026-07-03T12:34:56.789",
  "2026-07-03T12:34:57.000Z",
  "2026-07-03T24:00:00.000Z",
  "2026-07-03T24:00:00.500Z",
  "2026-02-30T12:00:00.000Z",
  "1969-12-31T23:59:59.500Z",
  "2026-07-03",
  "no time",
  "",
])("reads %s as Date.parse does, whatever was read before", (iso) => {
  const before = [`${SECOND}000Z`, "2026-07-03T24:00:00.000Z", "1969-12-31T23:59:59.000Z", "no time"];
  for (const earlier of before) {
    const moments = createMoments();
    expect(moments.msOf(earlier)).toBe(Date.parse(earlier));
    expect(moments.msOf(iso)).toBe(Date.parse(iso));
    expect(moments.msOf(iso)).toBe(Date.parse(iso));
  }
});
