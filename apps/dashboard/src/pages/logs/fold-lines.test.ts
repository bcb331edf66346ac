import type { LogEntry } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldLines } from "./fold-lines.ts";

const lines = (...messages: readonly string[]) =>
  messages.map(
    (message, at) => ({ entry_id: 100 - at, level: "info", logger: "l", job_id: null, message }) as LogEntry,
  );
const words = (entries: readonly LogEntry[], opened: readonly number[] = []) =>
  foldLines(entries, new Set(opened)).map(({ entry, repeats }) => `${entry.message} ×${repeats.length + 1}`);

test("three in a row that differ in their numbers only are one; two are two", () => {
  const entries = lines("frame 9", "frame 8", "frame 7", "done", "frame 6", "frame 5");
  expect(words(entries)).toEqual(["frame 9 ×3", "done ×1", "frame 6 ×1", "frame 5 ×1"]);
});

test("what was opened is seen one by one", () => {
  const entries = lines("frame 9", "frame 8", "frame 7");
  expect(words(entries, [100])).toEqual(["frame 9 ×1", "frame 8 ×1", "frame 7 ×1"]);
});

test("nothing is lost, nothing changes its place", () => {
  const messages = fc.array(fc.constantFrom("a 1", "a 2", "b", "c 7"), { maxLength: 40 });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 60, max: 100 })), (given, opened) => {
      const entries = lines(...given);
      const rows = foldLines(entries, new Set(opened));
      expect(rows.flatMap(({ entry, repeats }) => [entry, ...repeats])).toEqual(entries);
    }),
  );
});
