import { expect, test } from "vitest";
import { costWords, errorLines, formatCallTime, spellValue, withoutCost } from "./trace-words.ts";

test.each([
  { ms: 0.04, word: "0.0 ms" },
  { ms: 3.26, word: "3.3 ms" },
  { ms: 38.4, word: "38 ms" },
  { ms: 999, word: "999 ms" },
  { ms: 1_240, word: "1.2 s" },
  { ms: 192_000, word: "3 m 12 s" },
])("a call of $ms ms took $word", ({ ms, word }) => {
  expect(formatCallTime(ms)).toBe(word);
});

test("an error is told with its causes and its parts", () => {
  expect(
    errorLines({
      class: "AggregateError",
      message: "no mirror answered",
      causes: [{ class: "Error", message: "connect refused", code: "ECONNREFUSED" }],
      errors: [{ class: "TypeError", message: "fetch failed" }],
    }),
  ).toEqual([
    "AggregateError: no mirror answered",
    "because of Error ECONNREFUSED: connect refused",
    "with TypeError: fetch failed",
  ]);
});

test("text stands as it is, the rest as JSON", () => {
  expect([spellValue("a.mp4"), spellValue({ width: 1080 }), spellValue(null), spellValue(undefined)]).toEqual([
    "a.mp4",
    '{"width":1080}',
    "null",
    "nothing",
  ]);
});

test("what a call cost is told in words, and not once more among what was attached to it", () => {
  const metadata = { cpu_ms: 571.953, memory_start_bytes: 1, memory_peak_bytes: 275_730_432, status: 200 };
  expect(costWords(metadata)).toEqual(["572 ms of processor time", "276 MB at most"]);
  expect(withoutCost(metadata)).toEqual({ status: 200 });
});
