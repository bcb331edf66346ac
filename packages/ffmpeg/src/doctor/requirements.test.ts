import { expect, test } from "vitest";
import { isTooOld, PART_KINDS, parseParts, parseVersion, REQUIREMENTS } from "./requirements.ts";

test.each([
  {
    kind: "filters",
    text: " ... scdet             V->V       Detect video scene change\n TSC gblur  V->V  Blur\n",
    expected: ["scdet", "gblur"],
  },
  {
    kind: "encoders",
    text: " V..... = Video\n ------\n V....D libx264              libx264 H.264\n A....D aac   AAC\n",
    expected: ["libx264", "aac"],
  },
  {
    kind: "demuxers",
    text: " D  mov,mp4,m4a,3gp QuickTime / MOV\n D  avi             AVI\n",
    expected: ["mov", "mp4", "m4a", "3gp", "avi"],
  },
  { kind: "muxers", text: "  E mp4             MP4\n DE null            raw null video\n", expected: ["mp4", "null"] },
  {
    kind: "protocols",
    text: "Supported file protocols:\nInput:\n  file\nOutput:\n  pipe\n",
    expected: ["file", "pipe"],
  },
] as const)("reads the list of $kind", ({ kind, text, expected }) => {
  const parts = parseParts(kind, text);
  for (const name of expected) expect(parts).toContain(name);
});

test("reads versions, and tells the old ones", () => {
  expect(parseVersion("ffmpeg version 5.1.9-0+deb12u1 Copyright (c)")).toBe("5.1.9-0+deb12u1");
  expect(parseVersion("ffprobe version n7.1 Copyright")).toBe("n7.1");
  expect(parseVersion("cat (GNU coreutils) 9.1")).toBeNull();
  for (const old of ["4.4.2-0ubuntu0.22.04.1", "n5.0", "2.8"]) expect(isTooOld(old)).toBe(true);
  for (const fine of ["5.1.9-0+deb12u1", "n7.1", "10.0", "N-118000-g1234567"]) expect(isTooOld(fine)).toBe(false);
});

test("every requirement is of a kind that is listed, once", () => {
  const names = REQUIREMENTS.map(({ kind, name }) => `${kind} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { kind } of REQUIREMENTS) expect(PART_KINDS).toContain(kind);
});
