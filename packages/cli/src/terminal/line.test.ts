import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bar } from "./bar.ts";
import { justify, lineWidth, padded, paint, span, type Tone } from "./line.ts";
import { textWidth } from "./text-width.ts";

describe("paint", () => {
  test("colours by tone, and leaves nothing behind at the end", () => {
    const line = [span("✓ ", "good"), span("talk.mp4", "strong"), span("  ", "plain")];
    expect(paint(line, 80, true)).toBe("\u001b[32m✓ \u001b[39m\u001b[1mtalk.mp4\u001b[22m  ");
    expect(paint(line, 80, false)).toBe("✓ talk.mp4");
  });

  test("cuts to the columns there are, across pieces", () => {
    expect(paint([span("Scene 1 "), span("Mandelbrot")], 12, false)).toBe("Scene 1 Man…");
    expect(paint([span("Scene 1 "), span("Mandelbrot")], 8, false)).toBe("Scene 1");
    expect(paint([span("Scene 1")], 0, true)).toBe("");
  });

  test("is never wider than it may be, whatever the text", () => {
    const spans = fc.array(fc.string({ unit: "grapheme" }).map((text) => span(text)));
    fc.assert(
      fc.property(spans, fc.nat(60), (line, columns) => {
        expect(textWidth(paint(line, columns, false))).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 500 },
    );
  });
});

test("justify puts the end at the right edge, or close behind the start when there is no room", () => {
  expect(paint(justify([span("talk.mp4")], [span("running")], 20), 20, false)).toBe("talk.mp4     running");
  expect(paint(justify([span("talk.mp4")], [span("running")], 12), 40, false)).toBe("talk.mp4  running");
});

test("padded makes texts as wide as their column", () => {
  expect(padded("動画", 6)).toBe("動画  ");
  expect(padded("center_focus", 6)).toBe("cente…");
});

describe("bar", () => {
  const drawn = (fraction: number, columns: number, tone: Tone = "working") =>
    paint(bar(fraction, columns, tone), columns, false);

  test.each([
    { fraction: 0, expected: "────────" },
    { fraction: 0.0624, expected: "────────" },
    { fraction: 0.0625, expected: "╸───────" },
    { fraction: 0.5, expected: "━━━━────" },
    { fraction: 0.9999, expected: "━━━━━━━╸" },
    { fraction: 1, expected: "━━━━━━━━" },
    { fraction: 7, expected: "━━━━━━━━" },
    { fraction: -1, expected: "────────" },
  ])("$fraction", ({ fraction, expected }) => {
    expect(drawn(fraction, 8)).toBe(expected);
  });

  test("is always as wide as asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 80 }), (fraction, columns) => {
        expect(lineWidth(bar(fraction, columns, "working"))).toBe(columns);
      }),
    );
  });
});
