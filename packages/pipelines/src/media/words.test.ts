import { expect, test } from "vitest";
import { counted, fileWords, rangeWords, secondsWords, timecode, withoutFolders } from "./words.ts";

test.each([
  [0, "0:00"],
  [4.5, "0:04.5"],
  [59.96, "1:00"],
  [61.25, "1:01.3"],
  [3_723.5, "1:02:03.5"],
])("%d seconds are %s", (sec, expected) => {
  expect(timecode(sec)).toBe(expected);
});

test("parts, lengths and counts", () => {
  expect(rangeWords(4, 8.5)).toBe("0:04 – 0:08.5 (4.5 s)");
  expect(secondsWords(1 / 3)).toBe("0.33 s");
  expect([counted(1, "clip"), counted(0, "clip")]).toEqual(["1 clip", "0 clips"]);
});

test("a file's name stands on one line and cannot turn the text around it", () => {
  expect(fileWords("/films/été\n\u202egnp.mp4")).toBe("été??gnp.mp4");
});

test("folders are taken out of a text, the longest first", () => {
  const text = "file:/a/b c/in.mp4: cannot open /a/b c/out/x.mp4, see /a/log";
  expect(withoutFolders(text, ["/a", "/a/b c", "/a/b c/out", "/"])).toBe("in.mp4: cannot open x.mp4, see log");
});
