import fc from "fast-check";
import { expect, test } from "vitest";
import { panned, showing, zoomed } from "./timeline-view.ts";
import type { Timescale } from "./timescale.ts";

const BOUNDS: Timescale = { startMs: 1_000_000, endMs: 8_200_000 };
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyView = fc.tuple(share, fc.double({ min: 0.0001, max: 1, noNaN: true })).map(([at, size]): Timescale => {
  const lengthMs = (BOUNDS.endMs - BOUNDS.startMs) * size;
  const startMs = BOUNDS.startMs + (BOUNDS.endMs - BOUNDS.startMs - lengthMs) * at;
  return { startMs, endMs: startMs + lengthMs };
});
const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const lengthOf = ({ startMs, endMs }: Timescale) => endMs - startMs;
const expectWithin = (view: Timescale) => {
  expect(view.startMs).toBeGreaterThanOrEqual(BOUNDS.startMs - 1e-6);
  expect(view.endMs).toBeLessThanOrEqual(BOUNDS.endMs + 1e-6);
};

test("what is under the pointer stays under it, unless the view is at an end of all", () => {
  fc.assert(
    fc.property(anyView, factor, share, (view, by, at) => {
      const underMs = view.startMs + lengthOf(view) * at;
      const next = zoomed(view, by, underMs, BOUNDS);
      expectWithin(next);
      const isAtEnd = next.startMs <= BOUNDS.startMs + 1e-6 || next.endMs >= BOUNDS.endMs - 1e-6;
      if (!isAtEnd) expect((underMs - next.startMs) / lengthOf(next)).toBeCloseTo(at, 6);
    }),
  );
});

test("zooming in and out again comes back to the same length", () => {
  fc.assert(
    fc.property(anyView, fc.double({ min: 1, max: 5, noNaN: true }), share, (view, by, at) => {
      const underMs = view.startMs + lengthOf(view) * at;
      const back = zoomed(zoomed(view, by, underMs, BOUNDS), 1 / by, underMs, BOUNDS);
      expect(lengthOf(back)).toBeCloseTo(Math.max(lengthOf(view), lengthOf(back)), 3);
    }),
  );
});

test("panning keeps the length and the bounds", () => {
  fc.assert(
    fc.property(anyView, fc.integer({ min: -10_000_000, max: 10_000_000 }), (view, byMs) => {
      const next = panned(view, byMs, BOUNDS);
      expectWithin(next);
      expect(lengthOf(next)).toBeCloseTo(lengthOf(view), 6);
    }),
  );
});

test("a moment is brought to sight, and a view that has it stays", () => {
  fc.assert(
    fc.property(anyView, share, (view, at) => {
      const atMs = BOUNDS.startMs + lengthOf(BOUNDS) * at;
      const next = showing(view, atMs, BOUNDS);
      expectWithin(next);
      expect(atMs).toBeGreaterThanOrEqual(next.startMs - 1e-6);
      expect(atMs).toBeLessThanOrEqual(next.endMs + 1e-6);
      if (atMs >= view.startMs && atMs <= view.endMs) expect(next).toBe(view);
    }),
  );
});
