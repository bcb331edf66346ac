import { PlayheadError } from "@playhead/sdk";
import { expect, test } from "vitest";
import { assDocument, captionsWithin } from "./ass-document.ts";
import { assText } from "./captions-text.ts";
import { parseCaptions } from "./parse-captions.ts";

const SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n";
const HELLO = { startSec: 1, endSec: 2.5, lines: ["Hello", "there"] };
const BYE = { startSec: 3, endSec: 4, lines: ["Bye"] };
const parse = (text: string | Uint8Array) => parseCaptions(Buffer.from(text as string), "a.srt");

const utf16 = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return isBig ? bytes.swap16() : bytes;
};

test.each<{ name: string; given: string | Uint8Array; expected?: readonly object[] }>([
  { name: "SRT", given: SRT },
  { name: "SRT of Windows, with its mark", given: `\ufeff${SRT.replaceAll("\n", "\r\n")}` },
  { name: "lines of old Macs", given: SRT.replaceAll("\n", "\r") },
  { name: "UTF-16, little end first", given: utf16(SRT, false) },
  { name: "UTF-16, big end first", given: utf16(SRT, true) },
  { name: "no numbers, and no line break at the end", given: SRT.replace(/^\d\n/gm, "").trimEnd() },
  { name: "empty lines all over", given: `\n\n \n${SRT.replace("\n\n", "\n\n\t\n\n")}\n\n` },
  {
    name: "points for commas, coordinates behind the times",
    given: SRT.replaceAll(",", ".").replace("2.500", "2.5  X1:1"),
  },
  { name: "out of order", given: SRT.split("\n\n").toReversed().join("\n\n") },
  { name: "a caption that says nothing", given: `${SRT}\n3\n00:00:05,000 --> 00:00:06,000\n` },
  {
    name: "WebVTT",
    given:
      "WEBVTT - talk\nKind: captions\n\nNOTE a --> b\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.500 align:start\n" +
      "Hello\nthere\n\n00:00:03.000 --> 00:00:04.000\nBye",
  },
])("$name", ({ given, expected = [HELLO, BYE] }) => {
  expect(parse(given)).toEqual(expected);
});

test("overlapping captions, and those of days, are as they are", () => {
  expect(parse("00:00:01,000 --> 100:00:00,000\na\n\n00:00:01,500 --> 00:00:02,000\nb")).toEqual([
    { startSec: 1, endSec: 360_000, lines: ["a"] },
    { startSec: 1.5, endSec: 2, lines: ["b"] },
  ]);
});

test.each([
  { name: "times back to front", given: "1\n00:00:02,000 --> 00:00:01,000\nx", line: 2 },
  { name: "no time in between", given: "1\n00:00:02,000 --> 00:00:02,000\nx", line: 2 },
  { name: "minutes that are none", given: `${SRT}\n3\n00:61:02,000 --> 00:62:01,000\nx`, line: 11 },
  { name: "text without times", given: `${SRT}\nand more\nof it`, line: 11 },
  { name: "an arrow alone", given: "-->", line: 1 },
  { name: "no video's time", given: "00:00:1e9,0 --> 99999999:00:00\nx", line: 1 },
  {
    name: "bytes that are no text",
    given: Buffer.from([...Buffer.from("1\n00:00:01,000 --> 00:00:02,000\n"), 0xe9, 0x0a]),
    line: 3,
  },
  { name: "very much at a time", given: `00:00:01,000 --> 00:00:02,000\n${"x".repeat(5_000)}`, line: 1 },
  { name: "very many lines at a time", given: `00:00:01,000 --> 00:00:02,000\n${"x\n".repeat(50)}`, line: 1 },
])("$name: the line is named", ({ given, line }) => {
  const refused = () => parse(given);
  expect(refused).toThrow(PlayheadError);
  expect(refused).toThrow(
    expect.objectContaining({
      ...{ code: "captions_invalid", message: expect.stringContaining(`line ${line}: `) },
      ...{ hint: expect.any(String), detail: { faults: [expect.stringContaining(`line ${line}: `)] } },
    }),
  );
});

test.each(["", "\n \n", "WEBVTT\n\nNOTE nothing", "\u0000\u0000"])("%j holds no captions", (given) => {
  expect(() => parse(given)).toThrow(expect.objectContaining({ code: "captions_invalid" }));
});

test("of many faults the first are told, and none fills a log", () => {
  const given = Array.from({ length: 5_000 }, (_, i) => `${i}\n00:00:0x,000 --> ${"9".repeat(500)}\nx`).join("\n\n");
  expect(() => parse(given)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^the captions in "a\.srt" are wrong: line 2: .{20,600}; and 4997 more$/),
      detail: { faults: expect.toSatisfy((faults: readonly string[]) => faults.length === 100) },
    }),
  );
});

test.each([
  { lines: ["<i>so</i> <B>what</B>"], expected: "{\\i1}so{\\i0} {\\b1}what{\\b0}" },
  { lines: ["a < b > c, <3, 1 <2"], expected: "a < b > c, <3, 1 <2" },
  {
    lines: ['<font color="red">red</font> <c.loud>x</c> <v Anna>Hi</v> <00:00:01.500>there'],
    expected: "red x Hi there",
  },
  { lines: ["{\\an8}{\\fs900}top"], expected: "top" },
  { lines: ["{open", "close}"], expected: "\\{open\\Nclose\\}" },
  { lines: ["C:\\Nancy\\hello"], expected: "C:\\\u2060Nancy\\\u2060hello" },
  { lines: ["{\\p1{\\p1}m 0 0}"], expected: "\\{\\\u2060p1m 0 0\\}" },
  { lines: ["a &lt;i&gt; &amp;lt; &#65;&#x1F600; &#0; &#9999999; &nope;"], expected: "a <i> &lt; A😀     &nope;" },
  { lines: ["&#123;\\fs900&#125;"], expected: "\\{\\\u2060fs900\\}" },
  { lines: ["a\u0000b\u001bc\u2028d"], expected: "a b c d" },
  { lines: ["שלום, עולם!", "👩‍👩‍👧‍👦 e\u0301"], expected: "שלום, עולם!\\N👩‍👩‍👧‍👦 e\u0301" },
])("$lines is $expected", ({ lines, expected }) => {
  expect(assText(lines)).toBe(expected);
});

test("whatever a caption says, it is one event, and nothing else of the file", () => {
  const hostile = [
    "Dialogue: 0,0:00:00.00,9:00:00.00,Default,,0,0,0,,x",
    "[Fonts]",
    "fontname: a\r[Script Info]",
    ",,,,",
  ];
  const document = assDocument([{ startSec: 0.001, endSec: 0.002, lines: hostile }], { width: 360, height: 640 });
  const lines = document.split("\n");
  expect(lines.filter((line) => line.startsWith("["))).toEqual(["[Script Info]", "[V4+ Styles]", "[Events]"]);
  expect(lines.filter((line) => line.startsWith("Dialogue:"))).toEqual([
    expect.stringMatching(/^Dialogue: 0,0:00:00\.00,0:00:00\.01,Default,,0,0,0,,Dialogue: 0,/),
  ]);
  expect(document).not.toContain("\r");
});

test("a scene has its part of the captions, by its own time", () => {
  expect(captionsWithin([HELLO, BYE], 2, 3.25)).toEqual([
    { ...HELLO, startSec: 0, endSec: 0.5 },
    { ...BYE, startSec: 1, endSec: 1.25 },
  ]);
  expect(captionsWithin([HELLO, BYE], 2.5, 3)).toEqual([]);
});

/** What patterns that backtrack take long for. */
const LONG = ["<", "{\\", "&", "0", "-->", "00:", "x "].map((piece) => piece.repeat(Math.ceil(500_000 / piece.length)));

test.each(LONG)("half a megabyte of %.8s … is refused unread", (text) => {
  // Of a line with times the first 200 characters are looked at, and of the others' words 60 are told.
  const refused = () => parse(`00:00:01,000 --> 00:00:02,000 x\n${text}${text}`);
  expect(refused).toThrow(/: at most 20 lines and 2000 characters are shown at a time$/);
  expect(() => parse(`${text} 00:00:01,000 --> 00:00:02,000\nx`)).toThrow(/line 1: expected a time .{0,300}$/);
});

test("what is drawn has at most 2000 characters, so that no pattern meets more of them", () => {
  const captionOf = (text: string) => parse(`00:00:01,000 --> 00:00:02,000\n${text}`);
  for (const text of LONG.slice(0, 4)) {
    const [caption] = captionOf(text.slice(0, 2_000));
    expect(assText(caption?.lines ?? [])).not.toContain("\n");
    expect(() => captionOf(text.slice(0, 2_001))).toThrow(PlayheadError);
  }
});
