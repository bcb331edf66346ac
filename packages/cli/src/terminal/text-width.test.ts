import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable, textWidth, truncateText } from "./text-width.ts";

describe("textWidth", () => {
  test.each([
    { text: "", columns: 0 },
    { text: "talk.mp4", columns: 8 },
    { text: "Übergröße", columns: 9 },
    { text: "e\u0301", columns: 1 },
    { text: "動画", columns: 4 },
    { text: "영상", columns: 4 },
    { text: "🎬", columns: 2 },
    { text: "👩‍👩‍👧", columns: 2 },
    { text: "━╸─▸✓✗○■‖⊘…", columns: 11 },
  ])("$text takes $columns columns", ({ text, columns }) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe("truncateText", () => {
  test.each([
    { text: "original", columns: 8, expected: "original" },
    { text: "original", columns: 5, expected: "orig…" },
    { text: "動画の", columns: 4, expected: "動…" },
    { text: "original", columns: 1, expected: "…" },
    { text: "original", columns: 0, expected: "" },
  ])("$text in $columns columns", ({ text, columns, expected }) => {
    expect(truncateText(text, columns)).toBe(expected);
  });

  test("never takes more columns than it may", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, columns) => {
        const clean = printable(text);
        expect(textWidth(truncateText(clean, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe("printable", () => {
  test.each([
    { name: "an escape sequence", text: "a\u001b[2Jb", expected: "a [2Jb" },
    { name: "a line's end", text: "a\r\nb", expected: "a b" },
    { name: "the one-byte escape", text: "a\u009b31mb", expected: "a 31mb" },
    { name: "a change of direction", text: "mp4\u202egpj", expected: "mp4 gpj" },
    { name: "letters of any kind", text: "Größe 動画 e\u0301", expected: "Größe 動画 e\u0301" },
  ])("takes out $name", ({ text, expected }) => {
    expect(printable(text)).toBe(expected);
  });
});
