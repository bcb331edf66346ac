import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_RECONNECT_DELAY_MS, MIN_RECONNECT_DELAY_MS, reconnectDelayMs } from "./reconnect-delay.ts";

const CASES = [
  { name: "at once means after a second", attempt: 0, windowMs: 2_000, random: 0, delayMs: 1_000 },
  { name: "first attempt: within the server's window", attempt: 0, windowMs: 2_000, random: 0.5, delayMs: 2_000 },
  { name: "the window doubles", attempt: 2, windowMs: 2_000, random: 0.5, delayMs: 5_000 },
  { name: "up to half a minute", attempt: 50, windowMs: 2_000, random: 1, delayMs: 30_000 },
  { name: "without a window nobody waits longer", attempt: 9, windowMs: 0, random: 0.9, delayMs: 1_000 },
];

test.each(CASES)("$name", ({ delayMs, ...input }) => {
  expect(reconnectDelayMs(input)).toBe(delayMs);
});

test("I2: it is never under a second nor over thirty, and spreads clients over the whole window", () => {
  const attempt = fc.integer({ min: 0, max: 1_000 });
  const windowMs = fc.integer({ min: 0, max: 600_000 });
  fc.assert(
    fc.property(attempt, windowMs, fc.double({ min: 0, max: 0.999_999, noNaN: true }), (tried, window, random) => {
      const delayMs = reconnectDelayMs({ attempt: tried, windowMs: window, random });
      expect(delayMs).toBeGreaterThanOrEqual(MIN_RECONNECT_DELAY_MS);
      expect(delayMs).toBeLessThanOrEqual(MAX_RECONNECT_DELAY_MS);
      expect(delayMs).toBeGreaterThanOrEqual(
        reconnectDelayMs({ attempt: tried, windowMs: window, random: random / 2 }),
      );
    }),
  );
});
