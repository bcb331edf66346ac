import { expect, test } from "vitest";
import { LOST_FRAME, parseLogLine } from "./log-line.ts";

test.each([
  { given: "[info]   Stream #0:0", expected: { level: "info", component: null, text: "  Stream #0:0" } },
  {
    given: "[fatal] Unknown encoder 'libfoo'",
    expected: { level: "error", component: null, text: "Unknown encoder 'libfoo'" },
  },
  { given: "[h264 @ 0x55d7] [warning] odd", expected: { level: "warning", component: "h264", text: "odd" } },
  {
    given: "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5634] [error] moov atom not found",
    expected: { level: "error", component: "mov,mp4,m4a,3gp,3g2,mj2", text: "moov atom not found" },
  },
  {
    given: "[Parsed_scale_0 @ 0x55c7] [Eval @ 0x7ffe] [error] Undefined constant",
    expected: { level: "error", component: "Eval", text: "Undefined constant" },
  },
  { given: "[out#0/mp4 @ 0x1f] [error] x", expected: { level: "error", component: "out#0/mp4", text: "x" } },
  { given: "free(): invalid pointer", expected: { level: "info", component: null, text: "free(): invalid pointer" } },
  { given: "[verbose] x", expected: { level: "info", component: null, text: "x" } },
  { given: "", expected: { level: "info", component: null, text: "" } },
])("$given", ({ given, expected }) => {
  expect(parseLogLine(given)).toEqual(expected);
});

test("lost frames are told from other trouble", () => {
  expect(LOST_FRAME.test("Error while decoding stream #0:1: Operation not permitted")).toBe(true);
  expect(LOST_FRAME.test("file:/x.mp4: corrupt decoded frame in stream 0")).toBe(true);
  expect(LOST_FRAME.test("Invalid NAL unit size (319 > 79).")).toBe(false);
});
