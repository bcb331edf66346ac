import { expect, test } from "vitest";
import { formatBytes } from "./format-bytes.ts";

test.each([
  { given: 0, expected: "0 bytes" },
  { given: 999, expected: "999 bytes" },
  { given: 1_000, expected: "1 kB" },
  { given: 1_540_000, expected: "1.54 MB" },
  { given: 25_600_000, expected: "25.6 MB" },
  { given: 999_000_000_000, expected: "999 GB" },
])("$given → $expected", ({ given, expected }) => {
  expect(formatBytes(given)).toBe(expected);
});
