import fc from "fast-check";
import { expect, test } from "vitest";
import { columnText, textOfColumn } from "./column-text.ts";

test("any text comes back, and none that is kept has a NUL", () => {
  const anyText = fc.string({ unit: fc.constantFrom("\0", "\uE001", "0", "a", "日") });
  fc.assert(
    fc.property(anyText, (text) => {
      expect(columnText(text)).not.toContain("\0");
      expect(textOfColumn(columnText(text))).toBe(text);
    }),
  );
});

test("what is kept of different texts is different", () => {
  expect(columnText("\0")).not.toBe(columnText("\uE0010"));
});
