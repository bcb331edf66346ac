import { expect, test } from "vitest";
import { endingOfPipeline } from "./pipeline-job.ts";

test.each([
  { state: "completed", failed: 0, wasInterrupted: false, expected: "ok" },
  { state: "completed", failed: 2, wasInterrupted: false, expected: "failed" },
  { state: "failed", failed: 0, wasInterrupted: false, expected: "failed" },
  { state: "canceled", failed: 0, wasInterrupted: true, expected: "interrupted" },
  { state: "canceled", failed: 0, wasInterrupted: false, expected: "failed" },
  { state: "completed", failed: 0, wasInterrupted: true, expected: "ok" },
] as const)(
  "$state with $failed failed, interrupted $wasInterrupted: $expected",
  ({ state, failed, wasInterrupted, expected }) => {
    expect(endingOfPipeline({ state, failed }, wasInterrupted)).toBe(expected);
  },
);
