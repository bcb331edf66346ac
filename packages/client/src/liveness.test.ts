import { expect, test } from "vitest";
import { livenessOf } from "./liveness.ts";

const CASES = [
  { silentMs: 0, expected: "alive" },
  { silentMs: 29_000, expected: "alive" },
  { silentMs: 29_001, expected: "doubtful" },
  { silentMs: 37_000, expected: "doubtful" },
  { silentMs: 37_001, expected: "dead" },
  { silentMs: 8 * 3_600_000, expected: "dead" },
] as const;

test.each(CASES)("$silentMs ms of silence with a heartbeat of 25 s: $expected", ({ silentMs, expected }) => {
  expect(livenessOf(silentMs, 25_000)).toBe(expected);
});
