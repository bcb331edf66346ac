import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateLinearEta } from "./eta.ts";

const NOW_MS = Date.parse("2026-11-21T10:42:00.000Z");

describe("the linear forecast", () => {
  test.each([
    { activeMs: 60_000, fraction: 0.5, eta: 60_000 },
    { activeMs: 60_000, fraction: 0.25, eta: 180_000 },
    { activeMs: 60_000, fraction: 1, eta: 0 },
    { activeMs: 60_000, fraction: 7, eta: 0 },
    { activeMs: 60_000, fraction: 0.001, eta: null },
    { activeMs: 60_000, fraction: 0, eta: null },
    { activeMs: 0, fraction: 0.5, eta: null },
    { activeMs: 60_000, fraction: Number.NaN, eta: null },
    { activeMs: Number.NaN, fraction: 0.5, eta: null },
  ])("after $activeMs ms at $fraction says $eta", ({ activeMs, fraction, eta }) => {
    expect(estimateLinearEta({ nowMs: NOW_MS, activeMs, fraction })?.eta_ms ?? null).toBe(eta);
  });

  test("I24: low ≤ eta ≤ high, whole, never negative, and the completion is that much from now", () => {
    const anyMs = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    fc.assert(
      fc.property(anyMs, fc.double({ min: 0.002, max: 1, noNaN: true }), (activeMs, fraction) => {
        const eta = estimateLinearEta({ nowMs: NOW_MS, activeMs, fraction });
        if (eta === null) throw new Error("expected a forecast, got none");
        for (const ms of [eta.eta_ms, eta.eta_low_ms, eta.eta_high_ms]) expect(Number.isSafeInteger(ms)).toBe(true);
        expect(eta.eta_low_ms).toBeGreaterThanOrEqual(0);
        expect(eta.eta_low_ms).toBeLessThanOrEqual(eta.eta_ms);
        expect(eta.eta_ms).toBeLessThanOrEqual(eta.eta_high_ms);
        expect(Date.parse(eta.estimated_completion)).toBe(NOW_MS + eta.eta_ms);
      }),
      { numRuns: 500 },
    );
  });

  test("the interval narrows as the end comes nearer", () => {
    const widths = [0.1, 0.4, 0.7, 0.95].map((fraction) => {
      const eta = estimateLinearEta({ nowMs: NOW_MS, activeMs: 1e7, fraction });
      return (eta?.eta_high_ms ?? 0) / (eta?.eta_low_ms ?? 1);
    });
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
  });
});
