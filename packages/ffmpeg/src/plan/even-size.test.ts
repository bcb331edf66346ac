import fc from "fast-check";
import { expect, test } from "vitest";
import { evenDown, evenSize } from "./even-size.ts";

test.each([
  { given: 1080, expected: 1080 },
  { given: 607.5, expected: 606 },
  { given: 3, expected: 2 },
  { given: 1, expected: 2 },
  { given: 0, expected: 2 },
])("$given → $expected", ({ given, expected }) => {
  expect(evenDown(given)).toBe(expected);
});

test("any size becomes even and loses less than two pixels a side", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20_000 }), fc.integer({ min: 2, max: 20_000 }), (width, height) => {
      const even = evenSize({ width, height });
      expect([even.width % 2, even.height % 2]).toEqual([0, 0]);
      expect(width - even.width).toBeLessThan(2);
      expect(height - even.height).toBeLessThan(2);
    }),
  );
});
