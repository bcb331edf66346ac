import type { LogTail } from "@playhead/client";
import { describe, expect, test } from "vitest";
import { lacksLinesAt, logAt } from "./log-at.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const logOf = (...atMs: readonly number[]): LogTail => ({
  lines: atMs.map((ms, at) => ({
    log_id: at + 1,
    ts: new Date(START_MS + ms).toISOString(),
    job_id: "j",
    task_id: null,
    level: "info",
    message: `line ${ms}`,
    fields: {},
  })),
  hasOlder: true,
  loaded: true,
});

test("the lines up to the moment, it included", () => {
  const log = logOf(0, 100, 200);
  expect(logAt(log, START_MS + 100).lines.map(({ message }) => message)).toEqual(["line 0", "line 100"]);
  expect(logAt(log, START_MS - 1).lines).toEqual([]);
});

test("live, and where nothing is later, it is the log itself", () => {
  const log = logOf(0, 100);
  expect(logAt(log, null)).toBe(log);
  expect(logAt(log, START_MS + 100)).toBe(log);
});

describe("reads on into the past", () => {
  test.each([
    { name: "not live", log: logOf(500), atMs: null, expected: false },
    { name: "where all lines are later", log: logOf(500), atMs: 100, expected: true },
    { name: "not where there are lines of then", log: logOf(50, 500), atMs: 100, expected: false },
    { name: "not where there is nothing older", log: { ...logOf(500), hasOlder: false }, atMs: 100, expected: false },
    { name: "not before the log has come", log: { ...logOf(), loaded: false }, atMs: 100, expected: false },
  ])("$name", ({ log, atMs, expected }) => {
    expect(lacksLinesAt(log, atMs === null ? null : START_MS + atMs)).toBe(expected);
  });
});
