import { formatMoment } from "@playhead/client/format";
import { expect, test } from "vitest";
import { rowMoment } from "./row-moment.ts";

const NOW_MS = Date.parse("2026-11-21T14:00:00.000Z");

test.each([
  "2026-11-21T13:59:00.000Z",
  "2026-11-20T14:20:00.000Z",
  "2026-01-01T12:00:00.000Z",
  "2025-11-21T14:00:00.000Z",
])("%s is said as anywhere else", (moment) =>
  expect(rowMoment(Date.parse(moment), NOW_MS)).toBe(formatMoment(Date.parse(moment), NOW_MS)),
);
