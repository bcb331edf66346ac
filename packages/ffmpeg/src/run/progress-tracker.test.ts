import fc from "fast-check";
import { expect, test } from "vitest";
import type { ProgressBlock } from "./progress-parser.ts";
import { createProgressTracker } from "./progress-tracker.ts";

const ONE = { expectedDurationSec: 10, passes: [{ kind: "encode", weight: 1 }] } as const;
const TWO = {
  expectedDurationSec: 10,
  passes: [
    { kind: "analyse", weight: 0.25 },
    { kind: "encode", weight: 0.75 },
  ],
} as const;

const block = (outTimeSec: number | null, frame: number | null = null, isEnd = false): ProgressBlock => ({
  ...{ outTimeSec, frame, isEnd, sizeBytes: null, duplicatedFrames: null, droppedFrames: null },
  ...{ reportedFps: null, reportedSpeedRatio: null },
});

test("starts, encodes, finalizes, and is whole only when it is done", () => {
  const tracker = createProgressTracker(ONE);
  expect(tracker.current()).toMatchObject({ phase: "starting", fraction: 0 });
  expect(tracker.update(block(null, 0), 100)).toMatchObject({ phase: "starting", fraction: 0 });
  expect(tracker.update(block(5, 125), 500)).toMatchObject({ phase: "encoding", fraction: 0.5 });
  expect(tracker.update(block(null, 130), 600)).toMatchObject({ phase: "encoding", fraction: 0.5, outTimeSec: 5 });
  expect(tracker.update(block(10, 250), 900)).toMatchObject({ phase: "finalizing", fraction: 0.999 });
  expect(tracker.finalizing()).toMatchObject({ phase: "finalizing", fraction: 0.999 });
  expect(tracker.done()).toMatchObject({ phase: "finalizing", fraction: 1 });
});

test("the last word of ffmpeg is not the end", () => {
  const tracker = createProgressTracker(ONE);
  expect(tracker.update(block(3, 75, true), 100)).toMatchObject({ phase: "finalizing", fraction: 0.3 });
});

test("an unknown length has no fraction until it is done", () => {
  const tracker = createProgressTracker({ ...ONE, expectedDurationSec: null });
  expect(tracker.update(block(5), 100).fraction).toBeNull();
  expect(tracker.finalizing().fraction).toBeNull();
  expect(tracker.done().fraction).toBe(1);
});

test("two passes make one bar", () => {
  const tracker = createProgressTracker(TWO);
  expect(tracker.update(block(10, 250, true), 100)).toMatchObject({ phase: "encoding", fraction: 0.25 });
  tracker.nextPass();
  expect(tracker.update(block(0.1, 2), 200).fraction).toBeCloseTo(0.2575);
  expect(tracker.update(block(10, 250, true), 300)).toMatchObject({ phase: "finalizing", fraction: 0.999 });
});

test("rates look at the last seconds of unpaused time", () => {
  const tracker = createProgressTracker({ ...ONE, expectedDurationSec: 1_000 });
  expect(tracker.update(block(0, 0), 0)).toMatchObject({ fps: null, speedRatio: null });
  expect(tracker.update(block(0.1, 2), 100)).toMatchObject({ fps: null, speedRatio: null });
  expect(tracker.update(block(1, 25), 1_000)).toMatchObject({ fps: 25, speedRatio: 1 });
  for (let sec = 2; sec <= 20; sec++) tracker.update(block(1 + 2 * (sec - 1), 25 + 50 * (sec - 1)), sec * 1_000);
  expect(tracker.current()).toMatchObject({ fps: 50, speedRatio: 2 });
});

test("whatever ffmpeg says, the fraction never falls and stays below 1", () => {
  const time = fc.option(fc.double({ min: 0, max: 30, noNaN: true }), { nil: null });
  const step = fc.oneof(
    fc.record({ time, isEnd: fc.boolean() }),
    fc.constant("nextPass" as const),
    fc.constant("finalizing" as const),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const tracker = createProgressTracker(TWO);
      let last = 0;
      for (const [i, s] of steps.entries()) {
        if (s === "nextPass") tracker.nextPass();
        else if (s === "finalizing") tracker.finalizing();
        else tracker.update(block(s.time, i, s.isEnd), i * 250);
        const fraction = tracker.current().fraction ?? -1;
        expect(fraction).toBeGreaterThanOrEqual(last);
        expect(fraction).toBeLessThan(1);
        last = fraction;
      }
      expect(tracker.done().fraction).toBe(1);
    }),
  );
});
