import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

test.each([
  ["2", 2_000],
  ["0", 0],
  [" 1.5 ", 1_500],
  ["Sun, 22 Nov 2026 10:00:30 GMT", 30_000],
  ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  [undefined, null],
  ["", null],
  ["soon", null],
  ["-3", null],
  ["99999999999", null],
])("%j is %j ms", (header, expected) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(expected);
});
