import { expect, test } from "vitest";
import { clockOffsetMs, serverNowMs } from "./clock-offset.ts";

const AT = Date.parse("2026-11-21T10:00:00.000Z");
const tick = (secondsAgo: number) => ({
  type: "job.progress" as const,
  ts: new Date(AT - secondsAgo * 1_000).toISOString(),
});

test("the fastest arrival tells best", () => {
  const first = clockOffsetMs(null, [tick(60), tick(30)], AT);
  expect(first).toBe(30_000);
  expect(clockOffsetMs(first, [tick(45)], AT)).toBe(30_000);
  expect(clockOffsetMs(first, [tick(-5)], AT)).toBe(-5_000);
});

test("what may have waited at a worker tells nothing", () => {
  expect(clockOffsetMs(null, [{ type: "task.started", ts: tick(60).ts }], AT)).toBeNull();
});

test.each([
  { offsetMs: null, expected: AT },
  { offsetMs: 1_400, expected: AT },
  { offsetMs: 90_000, expected: AT - 90_000 },
  { offsetMs: -90_000, expected: AT + 90_000 },
])("an offset of $offsetMs ms", ({ offsetMs, expected }) => {
  expect(serverNowMs(AT, offsetMs)).toBe(expected);
});
