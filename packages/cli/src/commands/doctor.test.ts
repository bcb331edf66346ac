import { expect, test } from "vitest";
import { type MachineCheck, nodeCheck } from "../doctor/check-machine.ts";
import { paint } from "../terminal/line.ts";
import { doctorLines } from "./doctor.ts";

const check = (
  part: string,
  name: string,
  found: string,
  advice: string | null = null,
  isOptional = false,
): MachineCheck => ({
  part,
  name,
  found,
  advice,
  ok: advice === null,
  isOptional,
});

const checks = [
  check("node", "version", "26.10.0"),
  check("ffmpeg", "ffmpeg", "7.1 (/usr/bin/ffmpeg)"),
  check("ffmpeg", "filter crop", "there"),
  check("ffmpeg", "filter scdet", "missing: needed for scene detection", "install a full build"),
  check("data", "folder", "/data"),
  check("data", "disk", "0.4 GB free", "free some space before long jobs", true),
];

test("a line a part that is well, and what is not with what to do", () => {
  expect(doctorLines(checks, false).map((line) => paint(line, 200, false))).toEqual([
    "✓ node    26.10.0",
    "✗ ffmpeg",
    "    ✗ filter scdet: missing: needed for scene detection; install a full build",
    "✓ data    /data",
    "    ▲ disk: 0.4 GB free; free some space before long jobs",
  ]);
});

test("in full with --verbose", () => {
  expect(doctorLines(checks, true)).toHaveLength(9);
});

test.each([
  { version: "26.0.0", ok: true },
  { version: "27.1.0", ok: true },
  { version: "24.9.0", ok: false },
])("Node $version", ({ version, ok }) => {
  expect(nodeCheck(version).ok).toBe(ok);
});
