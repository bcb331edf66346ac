import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createProgressParser, type ProgressBlock } from "./progress-parser.ts";

const golden = (version: string) =>
  readFileSync(new URL(`../../fixtures/progress-${version}.txt`, import.meta.url), "latin1");

const parse = (...pieces: readonly string[]): readonly ProgressBlock[] => {
  const parser = createProgressParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

const block = (...lines: readonly string[]) => parse(`${lines.join("\n")}\nprogress=continue\n`)[0];

test("ffmpeg 5.1, as it was written", () => {
  const blocks = parse(golden("5.1"));
  expect(blocks).toHaveLength(6);
  expect(blocks[0]).toEqual({
    ...{ frame: 1, reportedFps: 0, reportedSpeedRatio: 3.66, outTimeSec: 0.04644, sizeBytes: 48 },
    ...{ duplicatedFrames: 0, droppedFrames: 0, isEnd: false },
  });
  expect(blocks.at(-1)).toEqual({
    ...{ frame: 75, reportedFps: 27.39, reportedSpeedRatio: 1.1, outTimeSec: 3.018594, sizeBytes: 942_894 },
    ...{ duplicatedFrames: 0, droppedFrames: 0, isEnd: true },
  });
});

test("ffmpeg 7.1, as it was written: it begins with N/A", () => {
  const blocks = parse(golden("7.1"));
  expect(blocks).toHaveLength(11);
  expect(blocks[0]).toMatchObject({
    frame: 0,
    outTimeSec: null,
    reportedSpeedRatio: null,
    sizeBytes: 48,
    isEnd: false,
  });
  expect(blocks.at(-1)).toMatchObject({ frame: 75, outTimeSec: 2.92, isEnd: true });
});

test.each([
  {
    name: "sound only has no frames",
    given: ["out_time_us=5"],
    expected: { frame: null, reportedFps: null, outTimeSec: 5e-6 },
  },
  { name: "the null muxer has no size", given: ["total_size=N/A", "bitrate=N/A"], expected: { sizeBytes: null } },
  { name: "an overflowed time", given: ["out_time_us=-577014752822775807"], expected: { outTimeSec: null } },
  { name: "no time at all", given: ["out_time_us=-9223372036854775808"], expected: { outTimeSec: null } },
  { name: "a time of centuries", given: ["out_time_us=9223372036854775807"], expected: { outTimeSec: null } },
  { name: "only the mislabelled microseconds", given: ["out_time_ms=2500000"], expected: { outTimeSec: 2.5 } },
  { name: "a speed with blanks", given: ["speed=   11x"], expected: { reportedSpeedRatio: 11 } },
  { name: "a speed with an exponent", given: ["speed=1.13e+03x"], expected: { reportedSpeedRatio: 1130 } },
  {
    name: "not numbers",
    given: ["frame=0x10", "fps=nan", "speed=infx", "total_size= "],
    expected: { frame: null, reportedFps: null, reportedSpeedRatio: null, sizeBytes: null },
  },
  { name: "half a frame", given: ["frame=1.5"], expected: { frame: null } },
  { name: "line ends of Windows", given: ["frame=7\r"], expected: { frame: 7 } },
  { name: "unknown keys and rubbish", given: ["", "=", "hello", "new_key=1", "frame=3"], expected: { frame: 3 } },
])("$name", ({ given, expected }) => {
  expect(block(...given)).toMatchObject(expected);
});

test("a block is no block before its last line, and nothing is carried over to the next", () => {
  const parser = createProgressParser();
  expect(parser.push("frame=1\nprogress=cont")).toEqual([]);
  expect(parser.push("inue\n")).toHaveLength(1);
  expect(parser.push("progress=maybe\nprogress=end\n")).toEqual([
    {
      frame: null,
      reportedFps: null,
      reportedSpeedRatio: null,
      outTimeSec: null,
      sizeBytes: null,
      duplicatedFrames: null,
      droppedFrames: null,
      isEnd: true,
    },
  ]);
});

test("any cut gives the same blocks", () => {
  const text = golden("5.1") + golden("7.1");
  const expected = parse(text);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      expect(parse(...at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(expected);
    }),
  );
});

test("never throws and never keeps what has no end", () => {
  fc.assert(fc.property(fc.array(fc.string()), (pieces) => void parse(...pieces)));
  const parser = createProgressParser();
  for (let i = 0; i < 100; i++) parser.push("x".repeat(10_000));
  expect(parser.push("\nframe=1\nprogress=end\n")).toMatchObject([{ frame: 1 }]);
});
