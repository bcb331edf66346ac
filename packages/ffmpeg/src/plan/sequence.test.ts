import { expect, test } from "vitest";
import { sequenceText } from "./sequence.ts";

test("a list names each file, and when the next one begins", () => {
  const parts = [
    { path: "/work/part-1.mov", durationSec: 1.52 },
    { path: "/it's \\ a # folder/part 2.mov", durationSec: 2 / 3 },
  ];
  expect(sequenceText(parts)).toBe(
    [
      "ffconcat version 1.0",
      "file 'file:/work/part-1.mov'",
      "duration 1.520000",
      "file 'file:/it'\\''s \\ a # folder/part 2.mov'",
      "duration 0.666667",
      "",
    ].join("\n"),
  );
});

test.each(["/a\nfile '/etc/passwd'", "/a\rb"])("a line break in %j would be another line, and is refused", (path) => {
  expect(() => sequenceText([{ path, durationSec: 1 }])).toThrow(
    expect.objectContaining({ code: "invalid_request", hint: "choose another output folder" }),
  );
});
