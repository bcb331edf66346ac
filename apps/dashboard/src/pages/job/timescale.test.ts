import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatTick, nextTimescale, positionOnScale, ticksOf } from "./timescale.ts";

const START = Date.parse("2026-11-21T10:00:00.000Z");
const SEC = 1_000;
const running = (elapsedSec: number, etaHighSec: number | null) => ({
  startMs: START,
  nowMs: START + elapsedSec * SEC,
  endedMs: null,
  etaHighMs: etaHighSec === null ? null : etaHighSec * SEC,
});
const lengthSec = (scale: { startMs: number; endMs: number }) => (scale.endMs - scale.startMs) / SEC;

describe("how long a stretch is shown", () => {
  test.each([
    { name: "before anything happened", elapsedSec: 0, etaHighSec: null, expectedSec: 15 },
    { name: "nothing known: a little ahead", elapsedSec: 60, etaHighSec: null, expectedSec: 80 },
    { name: "the whole range, where it fits", elapsedSec: 60, etaHighSec: 40, expectedSec: 120 },
    { name: "a long rest does not squeeze the past", elapsedSec: 60, etaHighSec: 6_000, expectedSec: 240 },
    { name: "beyond the hour", elapsedSec: 3_500, etaHighSec: 900, expectedSec: 5_625 },
  ])("$name", ({ elapsedSec, etaHighSec, expectedSec }) => {
    expect(lengthSec(nextTimescale(null, running(elapsedSec, etaHighSec)))).toBe(expectedSec);
  });

  test("it rests while what there is to show fits", () => {
    const first = nextTimescale(null, running(60, 40));
    expect(nextTimescale(first, running(75, 30))).toBe(first);
    expect(nextTimescale(first, running(110, 30))).not.toBe(first);
  });

  test("it comes back only when much less is to be shown", () => {
    const long = nextTimescale(null, running(60, 6_000));
    expect(nextTimescale(long, running(61, 150))).toBe(long);
    expect(lengthSec(nextTimescale(long, running(61, 20)))).toBe(100);
  });

  test("once the job has ended it is as long as the job, and rests", () => {
    const input = { startMs: START, nowMs: START + 500 * SEC, endedMs: START + 100 * SEC, etaHighMs: null };
    const scale = nextTimescale(null, input);
    expect(lengthSec(scale)).toBe(102);
    expect(nextTimescale(scale, input)).toBe(scale);
  });

  test("property: now is always on it, the past has its share, and the same question has the same answer", () => {
    const steps = fc.array(fc.tuple(fc.nat(100_000), fc.option(fc.nat(1_000_000))), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, (all) => {
        let scale = null as ReturnType<typeof nextTimescale> | null;
        let elapsed = 0;
        for (const [more, etaHigh] of all) {
          elapsed += more;
          const input = running(elapsed, etaHigh);
          scale = nextTimescale(scale, input);
          expect(scale.endMs).toBeGreaterThanOrEqual(input.nowMs);
          if (elapsed > 60) expect(positionOnScale(scale, input.nowMs)).toBeGreaterThan(0.15);
          expect(nextTimescale(scale, input)).toBe(scale);
        }
      }),
    );
  });
});

test("moments outside stand at the nearer end", () => {
  const scale = { startMs: 100, endMs: 200 };
  expect([50, 100, 150, 200, 999].map((atMs) => positionOnScale(scale, atMs))).toEqual([0, 0, 0.5, 1, 1]);
});

describe("ticks", () => {
  test.each([
    { lengthSec: 60, widthPx: 1_000, stepSec: 10 },
    { lengthSec: 60, widthPx: 300, stepSec: 30 },
    { lengthSec: 7_200, widthPx: 1_000, stepSec: 900 },
    { lengthSec: 40 * 86_400, widthPx: 500, stepSec: 8 * 86_400 },
  ])("$lengthSec s on $widthPx px: each $stepSec s", ({ lengthSec: length, widthPx, stepSec }) => {
    const { ticks } = ticksOf({ startMs: START, endMs: START + length * SEC }, widthPx, START);
    expect(ticks[0]).toEqual({ atMs: START, at: 0 });
    expect((ticks[1]?.atMs ?? 0) - START).toBe(stepSec * SEC);
  });

  test("without a width yet there are few", () => {
    expect(ticksOf({ startMs: START, endMs: START + 60 * SEC }, 0, START).ticks.length).toBeLessThan(3);
  });

  test("zoomed, they stay where they are round from the start", () => {
    const scale = { startMs: START + 61_234, endMs: START + 71_234 };
    const { ticks, stepMs } = ticksOf(scale, 500, START);
    expect(ticks.map(({ atMs }) => (atMs - START) / SEC)).toEqual([62, 64, 66, 68, 70]);
    expect(formatTick(62_000, stepMs)).toBe("00:01:02");
  });

  test("close to each other they say milliseconds", () => {
    const { ticks, stepMs } = ticksOf({ startMs: START + 61_234, endMs: START + 61_334 }, 500, START);
    expect(ticks.map(({ atMs }) => formatTick(atMs - START, stepMs))).toEqual([
      "01:01.240",
      "01:01.260",
      "01:01.280",
      "01:01.300",
      "01:01.320",
    ]);
  });
});
