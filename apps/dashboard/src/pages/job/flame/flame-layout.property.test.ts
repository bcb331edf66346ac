import type { LogEntry } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { atOnce } from "../../../ui/slices.ts";
import { callAt, type FlameLayout, findCalls, firstEndingAfter, layoutFlame } from "./flame-layout.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");

const layoutOf = (entries: readonly LogEntry[]) => atOnce(layoutFlame(entries));
const foundIn = (layout: FlameLayout, text: string) => [...atOnce(findCalls(layout, text))];
const entryOf = (span: number, parent: number | null, startMs: number, duration: number | null): LogEntry =>
  ({
    span_id: `span ${span}`,
    parent_span_id: parent === null ? null : `span ${parent}`,
    timestamp: new Date(START_MS + startMs).toISOString(),
    duration,
    function_name: `call ${span}`,
    error_details: null,
  }) as LogEntry;

/** Calls of which some are said to be made by others, by ones that are not there, or by one that began later. */
const anyCalls = fc
  .array(
    fc.record({
      parent: fc.option(fc.integer({ min: 0, max: 70 })),
      startMs: fc.integer({ min: 0, max: 2_000 }),
      duration: fc.option(fc.integer({ min: 0, max: 500 }), { freq: 12 }),
    }),
    { maxLength: 60 },
  )
  .map((calls) => calls.map(({ parent, startMs, duration }, span) => entryOf(span, parent, startMs, duration)));

test("in a row none overlaps another, and what a call made lies below it", () => {
  fc.assert(
    fc.property(anyCalls, (entries) => {
      const { calls, startMs, endMs, row, caller, rows } = layoutOf(entries);
      expect(calls).toHaveLength(entries.length);
      expect(rows.flat().toSorted((a, b) => a - b)).toEqual(calls.map((_, index) => index));
      for (const inRow of rows) {
        inRow.slice(1).forEach((index, at) => {
          expect(startMs[index]).toBeGreaterThanOrEqual(endMs[inRow[at] as number] as number);
        });
      }
      calls.forEach(({ parent_span_id }, index) => {
        const above = caller[index] as number;
        if (above < 0) return;
        expect(calls[above]?.span_id).toBe(parent_span_id);
        expect(row[index]).toBeGreaterThan(row[above] as number);
      });
    }),
  );
});

test("they stand by their start, what began together by its length, and what is alike as it came", () => {
  fc.assert(
    fc.property(anyCalls, (entries) => {
      const lengthOf = ({ duration }: LogEntry) => duration ?? Number.POSITIVE_INFINITY;
      const wanted = entries.toSorted(
        (a, b) =>
          Date.parse(a.timestamp) - Date.parse(b.timestamp) ||
          (lengthOf(a) === lengthOf(b) ? 0 : lengthOf(b) - lengthOf(a)),
      );
      expect(layoutOf(entries).calls).toEqual(wanted);
    }),
  );
});

test("the call under the pointer is the one that a look at all of its row finds", () => {
  fc.assert(
    fc.property(anyCalls, fc.integer({ min: -10, max: 2_600 }), fc.integer({ min: 0, max: 8 }), (entries, at, row) => {
      const layout = layoutOf(entries);
      const atMs = START_MS + at;
      const inRow = layout.rows[row] ?? [];
      const later = inRow.filter((index) => (layout.endMs[index] as number) > atMs);
      expect(inRow.slice(firstEndingAfter(layout, row, atMs))).toEqual(later);
      const under = later.find((index) => (layout.startMs[index] as number) <= atMs) ?? -1;
      expect(callAt(layout, row, atMs, 0)).toBe(under);
    }),
  );
});

test("what is narrow is met from beside it, too", () => {
  const layout = layoutOf([entryOf(1, null, 100, 1)]);
  expect([callAt(layout, 0, START_MS + 95, 4), callAt(layout, 0, START_MS + 96, 4)]).toEqual([-1, 0]);
  expect([callAt(layout, 0, START_MS + 104, 4), callAt(layout, 0, START_MS + 106, 4)]).toEqual([0, -1]);
});

test("calls are found by their name and by what went wrong; no text finds none", () => {
  const failed = {
    ...entryOf(2, null, 5, 1),
    error_details: { class: "SpawnError", message: "no ffmpeg" },
  } as LogEntry;
  const layout = layoutOf([entryOf(1, null, 0, 1), failed]);
  expect(foundIn(layout, " CALL ")).toEqual([0, 1]);
  expect(foundIn(layout, "ffmpeg")).toEqual([1]);
  expect(foundIn(layout, "  ")).toEqual([]);
});

test("10,000 calls are laid out, two rows deep", () => {
  const layout = layoutOf(
    Array.from({ length: 10_000 }, (_, at) =>
      entryOf(at, at % 10 === 0 ? null : at - (at % 10), at, at % 10 === 0 ? 10 : 1),
    ),
  );
  expect(layout.rows.map((inRow) => inRow.length)).toEqual([1_000, 9_000]);
});
