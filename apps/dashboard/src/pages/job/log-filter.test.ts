import type { LogLevel, LogLine } from "@playhead/core";
import { expect, test } from "vitest";
import { filterLines, spellFields } from "./log-filter.ts";

const line = (log_id: number, level: LogLevel, message: string, task_id: string | null = null): LogLine => ({
  log_id,
  ts: "",
  job_id: "j",
  task_id,
  level,
  message,
  fields: {},
});
const lines = [line(1, "debug", "frame 10"), line(2, "info", "Rendering", "clip_7"), line(3, "error", "ffmpeg exited")];
const ids = (level: LogLevel, text: string) => filterLines(lines, { level, text }).map(({ log_id }) => log_id);

test("all lines are the same array", () => {
  expect(filterLines(lines, { level: "debug", text: " " })).toBe(lines);
});

test.each([
  { level: "info", text: "", expected: [2, 3] },
  { level: "warning", text: "", expected: [3] },
  { level: "debug", text: "FRAME", expected: [1] },
  { level: "debug", text: "clip_7", expected: [2] },
  { level: "critical", text: "", expected: [] },
] as const)("$level “$text”: $expected", ({ level, text, expected }) => {
  expect(ids(level, text)).toEqual(expected);
});

test("of fields, the plain values", () => {
  expect(spellFields({ fields: { exit_code: 1, ok: false, stack: ["a"], path: "x" } })).toBe(
    "exit_code 1, ok false, path x",
  );
});
