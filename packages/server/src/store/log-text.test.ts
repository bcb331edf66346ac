import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasTerm, indexedText, parseText, wordsOf } from "./log-text.ts";

test.each([
  { text: "Rendering clip_17.mp4", words: ["rendering", "clip", "17", "mp4"] },
  { text: "CAFÉ crème", words: ["cafe", "creme"] },
  { text: "İstanbul Straße №5 ™", words: ["istanbul", "straße", "no5", "tm"] },
  { text: "编码失败 frame7", words: ["编", "码", "失", "败", "frame7"] },
  { text: "カタカナ abc", words: ["カ", "タ", "カ", "ナ", "abc"] },
  { text: "Ошибка сети", words: ["ошибка", "сети"] },
  { text: "\uE000token \0 — …", words: ["token"] },
  { text: "", words: [] },
])("the words of $text", ({ text, words }) => {
  expect(wordsOf(text)).toEqual(words);
});

test("the index is given the same words", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // What a tokenizer makes of it that splits at all of ASCII but letters and digits.
      const tokens = indexedText(text)
        .toLowerCase()
        .split(/[\0-/:-`{-\x7f]+/)
        .filter((token) => token !== "");
      expect(tokens).toEqual(wordsOf(text));
    }),
  );
});

describe("a query", () => {
  test.each([
    { query: "one two", terms: [["one"], ["two"]] },
    { query: '"one two" three', terms: [["one", "two"], ["three"]] },
    { query: '"never ended', terms: [["never", "ended"]] },
    { query: "Cache.get", terms: [["cache", "get"]] },
    { query: ' "" * - ', terms: [] },
  ])("of $query", ({ query, terms }) => {
    expect(parseText(query).map(({ words }) => words)).toEqual(terms);
  });

  test.each([
    { query: "rend*", text: "Rendering", found: true },
    { query: "rend", text: "Rendering", found: false },
    { query: '"b c"', text: "a b c", found: true },
    { query: '"a c"', text: "a b c", found: false },
    { query: "a.b*", text: "x a bcd", found: true },
    { query: '"b*"', text: "bcd", found: false },
  ])("$query and $text", ({ query, text, found }) => {
    expect(parseText(query).every((term) => hasTerm([wordsOf(text)], term))).toBe(found);
  });
});
