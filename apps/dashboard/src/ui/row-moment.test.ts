import { formatMoment } from "@playhead/client/format";
import { expect, test } from "vitest";
import { rowMoment } from "./row-moment.ts";

const NOW_MS = Date.parse("2026-11-21T14:00:00.000Z");
const MOMENTS = [
  "2026-11-21T13:59:00.000Z",
  "2026-11-21T00:05:00.000Z",
  "2026-11-20T23:20:00.000Z",
  "2026-01-01T02:00:00.000Z",
  "2025-11-21T14:00:00.000Z",
  ...Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2026, month, 9, 9, 9)).toISOString()),
];

test.each(MOMENTS)("%s is said as anywhere else", (moment) => {
  for (const zone of ["UTC", "America/New_York", "Asia/Kolkata"]) {
    const atMs = Date.parse(moment);
    expect(rowMoment(atMs, NOW_MS, zone)).toBe(formatMoment(atMs, NOW_MS, zone));
  }
});
