import { expect, test } from "vitest";
import { displayName } from "./display-name.ts";

test.each([
  { name: "leaves the folders out", given: "/home/u/films/a b.mp4", expected: '"a b.mp4"' },
  { name: "keeps other scripts", given: "/x/映画 “é”.mp4", expected: '"映画 “é”.mp4"' },
  { name: "stays on one line", given: "/x/a\nb\u001b[31m.mp4", expected: '"a?b?[31m.mp4"' },
  { name: "cannot turn the text around", given: "/x/a\u202e4pm.exe", expected: '"a?4pm.exe"' },
  { name: "names the root", given: "/", expected: '"/"' },
])("$name", ({ given, expected }) => {
  expect(displayName(given)).toBe(expected);
});

test("shortens long names in the middle, whole characters at a time", () => {
  const short = displayName(`/x/${"😀".repeat(100)}.mp4`);
  expect([...short]).toHaveLength(82);
  expect(short).toContain("…");
  expect(short.isWellFormed()).toBe(true);
});
