import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnText, textOfColumn } from "./column-text.ts";

const anyText = fc.array(fc.constantFrom("\0", "\u0001", "0", "1", "a", "日")).map((units) => units.join(""));

describe("a text in a column", () => {
  test("holds no NUL, and comes out as it went in", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(columnText(text)).not.toContain("\0");
        expect(textOfColumn(columnText(text))).toBe(text);
      }),
    );
  });

  test("is itself where nothing stands against it", () => {
    expect(columnText("scene_1/日本")).toBe("scene_1/日本");
  });
});
