import { expect, test } from "vitest";
import { momentWords, speedWords } from "./moment-words.ts";

const at = (text: string) => new Date(text).getTime();

test.each([
  { atTs: "2026-11-21T10:42:13", nowTs: "2026-11-21T10:45:20", expected: "At 10:42:13, 3 min ago" },
  { atTs: "2026-11-20T10:42:13", nowTs: "2026-11-21T10:45:20", expected: "At 20 Nov, 10:42:13, 1 d ago" },
  { atTs: "2025-11-20T10:42:13", nowTs: "2026-11-21T10:45:20", expected: "At 20 Nov 2025, 10:42:13, 366 d ago" },
])("$expected", ({ atTs, nowTs, expected }) => {
  expect(momentWords(at(atTs), at(nowTs))).toBe(expected);
});

test("how fast, and which way", () => {
  expect([1, -20, 0].map(speedWords)).toEqual(["1×", "−20×", null]);
});
