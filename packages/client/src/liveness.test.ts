import { expect, test } from "vitest";
import { livenessOf } from "./liveness.ts";

const CASES = [
  { silentMs: 0, askedMs: null, expected: "alive" },
  { silentMs: 29_000, askedMs: null, expected: "alive" },
  { silentMs: 29_001, askedMs: null, expected: "doubtful" },
  { silentMs: 37_000, askedMs: null, expected: "doubtful" },
  { silentMs: 37_001, askedMs: null, expected: "dead" },
  { silentMs: 8 * 3_600_000, askedMs: null, expected: "dead" },
  { silentMs: 10_000, askedMs: 7_999, expected: "alive" },
  { silentMs: 10_000, askedMs: 8_000, expected: "dead" },
] as const;

test.each(CASES)(
  "I8: $silentMs ms of silence, asked $askedMs ms ago, with a heartbeat of 25 s: $expected",
  ({ silentMs, askedMs, expected }) => {
    expect(livenessOf(silentMs, askedMs, 25_000)).toBe(expected);
  },
);
