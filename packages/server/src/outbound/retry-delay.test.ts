import { expect, test } from "vitest";
import { MAX_TRIES, retryDelayMs } from "./retry-delay.ts";

const total = (random: number) =>
  Array.from({ length: MAX_TRIES - 1 }, (_, at) => retryDelayMs(at + 1, random, null)).reduce((sum, ms) => sum + ms, 0);

test("twelve tries span about a day, and never more", () => {
  expect(total(0) / 3_600_000).toBeGreaterThan(18);
  expect(total(0) / 3_600_000).toBeLessThan(24);
  expect(total(1) / 3_600_000).toBeGreaterThan(9);
});

test("each waits longer than the one before, up to a half less by chance", () => {
  expect([1, 2, 3].map((tries) => retryDelayMs(tries, 0, null))).toEqual([5_000, 12_500, 31_250]);
  expect(retryDelayMs(1, 1, null)).toBe(2_500);
  expect(retryDelayMs(100, 0, null)).toBe(12 * 3_600_000);
});

test("what a receiver asks for is waited for, within reason", () => {
  expect(retryDelayMs(1, 0, 60_000)).toBe(60_000);
  expect(retryDelayMs(1, 0, 1)).toBe(5_000);
  expect(retryDelayMs(1, 0, Number.MAX_SAFE_INTEGER)).toBe(12 * 3_600_000);
});
