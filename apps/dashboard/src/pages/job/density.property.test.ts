import fc from "fast-check";
import { expect, test } from "vitest";
import { blocksOf, densityOf } from "./density.ts";
import type { Segment } from "./tracks.ts";

const SCALE = { startMs: 10_000, endMs: 20_000 };

/** Segments one after the other, some of them much longer than others; the last may go on. */
const anyTrack = fc
  .tuple(
    fc.integer({ min: 0, max: 25_000 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 4_000 })), {
      minLength: 1,
      maxLength: 100,
    }),
    fc.boolean(),
  )
  .map(([startMs, lengths, isOpen]) => {
    let atMs = startMs;
    return lengths.map((lengthMs, at): Segment => {
      const segment = { kind: "work" as const, step: `step ${at}`, startMs: atMs, endMs: atMs + lengthMs };
      atMs += lengthMs;
      return isOpen && at === lengths.length - 1 ? { ...segment, endMs: null } : segment;
    });
  });
const anyWidth = fc.integer({ min: 50, max: 2_000 });

test("blocks cover what the segments cover that are to be seen, in order, without a gap", () => {
  fc.assert(
    fc.property(anyTrack, anyWidth, (segments, widthPx) => {
      const seen = segments.filter(
        ({ startMs, endMs }) => startMs <= SCALE.endMs && (endMs === null || endMs >= SCALE.startMs),
      );
      const blocks = blocksOf(segments, SCALE, widthPx);
      expect(blocks[0]?.startMs).toBe(seen[0]?.startMs);
      expect(blocks.at(-1)?.endMs).toBe(seen.at(-1)?.endMs);
      expect(blocks.slice(1).map(({ startMs }) => startMs)).toEqual(blocks.slice(0, -1).map(({ endMs }) => endMs));
      for (const { segment, index } of blocks) expect(segments[index]).toBe(segment);
      const places = blocks.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, at) => segments[from + at]),
      );
      expect(places).toEqual(seen);
    }),
  );
});

test("however many segments, there are no more blocks than there are places of two pixels", () => {
  fc.assert(
    fc.property(anyTrack, anyWidth, (segments, widthPx) => {
      expect(blocksOf(segments, SCALE, widthPx).length).toBeLessThanOrEqual(Math.ceil(widthPx / 2) + 2);
    }),
  );
});

test("what is wide enough by itself, among such, is left alone", () => {
  const segments: Segment[] = [0, 1, 2, 3].map((at) => ({
    kind: "work",
    step: `step ${at}`,
    startMs: 10_000 + at * 100,
    endMs: 10_100 + at * 100,
  }));
  expect(blocksOf(segments, SCALE, 1_000).map(({ segment }) => segment)).toEqual(segments);
});

test("the density adds up to the time that is worked in the scale", () => {
  const anySpan = fc
    .tuple(fc.integer({ min: 0, max: 30_000 }), fc.option(fc.integer({ min: 0, max: 9_000 })))
    .map(([startMs, lengthMs]) => ({ startMs, endMs: lengthMs === null ? null : startMs + lengthMs }));
  fc.assert(
    fc.property(fc.array(anySpan), fc.integer({ min: 1, max: 300 }), (spans, parts) => {
      const nowMs = 18_000;
      const worked = spans.map(({ startMs, endMs }) =>
        Math.max(0, Math.min(endMs ?? nowMs, SCALE.endMs) - Math.max(startMs, SCALE.startMs)),
      );
      const partMs = (SCALE.endMs - SCALE.startMs) / parts;
      const sum = densityOf(spans, SCALE, parts, nowMs).reduce((all, each) => all + each, 0) * partMs;
      expect(sum).toBeCloseTo(
        worked.reduce((all, each) => all + each, 0),
        3,
      );
    }),
  );
});
