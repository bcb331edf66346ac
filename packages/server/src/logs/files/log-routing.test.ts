import type { LogEntry } from "@playhead/core";
import { expect, test } from "vitest";
import { logEntry } from "../../../test/log-entries.ts";
import { DEFAULT_LOG_FILES } from "./log-files-settings.ts";
import { destinationsOf } from "./log-routing.ts";

const call = (more: Partial<LogEntry>): Partial<LogEntry> => ({
  event_type: "complete",
  level: "debug",
  category: "function",
  duration: 5,
  ...more,
});

test.each<{ readonly name: string; readonly entry: Partial<LogEntry>; readonly expected: string }>([
  { name: "a debug line", entry: { level: "debug" }, expected: "" },
  { name: "an info line", entry: {}, expected: "application info" },
  { name: "an error", entry: { level: "error" }, expected: "application error, errors error" },
  { name: "a critical line", entry: { level: "critical" }, expected: "application critical, errors critical" },
  { name: "a debug line of media", entry: { level: "debug", logger: "media" }, expected: "media_processing debug" },
  { name: "a line of ffmpeg", entry: { logger: "media.ffmpeg" }, expected: "application info, media_processing info" },
  { name: "a logger that only begins alike", entry: { logger: "mediator" }, expected: "application info" },
  { name: "a line of a stage", entry: { level: "debug", stage: "merging" }, expected: "media_processing debug" },
  {
    name: "an error of media",
    entry: { level: "error", logger: "media" },
    expected: "application error, errors error, media_processing error",
  },
  { name: "a quick call", entry: call({}), expected: "" },
  { name: "a step", entry: call({ category: "step" }), expected: "media_processing debug" },
  { name: "a slow call", entry: call({ duration: 60_001 }), expected: "performance warning" },
  { name: "a call at the threshold", entry: call({ duration: 60_000 }), expected: "" },
  { name: "a slow query", entry: call({ category: "db", duration: 1_001 }), expected: "performance warning" },
  { name: "a slow request", entry: call({ category: "api", duration: 10_001 }), expected: "performance warning" },
  {
    name: "a slow step",
    entry: call({ category: "step", duration: 300_001 }),
    expected: "media_processing debug, performance warning",
  },
  {
    name: "a slow call that failed",
    entry: call({ event_type: "error", level: "error", duration: 60_001 }),
    expected: "application error, errors error, performance error",
  },
  { name: "a call that runs for long", entry: call({ event_type: "start", duration: 90_000 }), expected: "" },
  { name: "a note on performance", entry: { logger: "performance" }, expected: "application info" },
  {
    name: "a warning on performance",
    entry: { logger: "performance", level: "warning" },
    expected: "application warning, performance warning",
  },
])("$name goes to: $expected", ({ entry, expected }) => {
  const found = destinationsOf(logEntry(entry), DEFAULT_LOG_FILES);
  expect(found.map(({ file, level }) => `${file} ${level}`).join(", ")).toBe(expected);
});

test("what is below the level is in no file", () => {
  const settings = { ...DEFAULT_LOG_FILES, level: "error" as const };
  const filesOf = (entry: Partial<LogEntry>) => destinationsOf(logEntry(entry), settings).map(({ file }) => file);
  expect(filesOf({ level: "warning", logger: "media" })).toEqual([]);
  expect(filesOf({ level: "error", logger: "media" })).toEqual(["application", "errors", "media_processing"]);
  expect(filesOf(call({ duration: 60_001 }))).toEqual([]);
});
