import type { LogLine } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { appendLines, MAX_READ_LINES, MAX_TAIL_LINES, prependPage } from "./grow-log-tail.ts";
import { EMPTY_TAIL } from "./log-tail.ts";

const line = (log_id: number): LogLine => ({
  log_id,
  ts: "2026-11-21T10:00:00.000Z",
  job_id: "j",
  task_id: null,
  level: "info",
  message: String(log_id),
  fields: {},
});
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => line(from + index));
const ids = (all: readonly LogLine[]) => all.map(({ log_id }) => log_id);

test("nothing new keeps the reference", () => {
  const tail = appendLines(EMPTY_TAIL, lines(1, 5));
  expect(appendLines(tail, lines(2, 4))).toBe(tail);
  expect(appendLines(tail, [])).toBe(tail);
});

test("a live tail is bounded, and says that there was more", () => {
  const full = appendLines({ ...EMPTY_TAIL, hasOlder: false }, lines(0, MAX_TAIL_LINES + 10));
  expect(full.lines).toHaveLength(MAX_TAIL_LINES);
  expect(full.lines[0]?.log_id).toBe(10);
  expect(full.hasOlder).toBe(true);
});

test("whoever has read into the past does not lose it to a new line", () => {
  const read = prependPage(appendLines(EMPTY_TAIL, lines(5_000, 6_000)), lines(0, 5_000), true);
  const after = appendLines(read, lines(6_000, 6_001));
  expect(after.lines).toHaveLength(6_000);
  expect(after.lines.at(-1)?.log_id).toBe(6_000);
});

test("reading into the past ends somewhere", () => {
  const read = prependPage(EMPTY_TAIL, lines(0, MAX_READ_LINES), false);
  expect(read.hasOlder).toBe(false);
});

test("I15: in whatever order lines come, each is there once, in order", () => {
  const pages = fc.array(fc.uniqueArray(fc.nat(300), { maxLength: 20 }), { maxLength: 12 });
  fc.assert(
    fc.property(pages, (all) => {
      const tail = all.reduce((state, page) => appendLines(state, page.map(line)), EMPTY_TAIL);
      expect(ids(tail.lines)).toEqual([...new Set(all.flat())].sort((a, b) => a - b));
    }),
  );
});
