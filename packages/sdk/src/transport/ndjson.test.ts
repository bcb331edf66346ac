import type { EventRecord } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ndjsonParts } from "./ndjson.ts";

const record = (text: string): EventRecord => ({
  type: "log",
  ts: "2026-11-21T10:00:00.000Z",
  job_id: "j",
  data: { text },
});

test("each record is a line that names its source", () => {
  const [part, ...others] = ndjsonParts('a"b', [record("x"), record("line\nbreak")], 10_000);
  expect(others).toEqual([]);
  const lines = part?.body.split("\n") ?? [];
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe("");
  expect(JSON.parse(lines[1] ?? "")).toEqual({ source: 'a"b', ...record("line\nbreak") });
});

test("property: parts hold all records in order, and stay within the limit unless one record is longer", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 800 }),
      (texts, maxBytes) => {
        const records = texts.map(record);
        const parts = ndjsonParts("s", records, maxBytes);
        expect(parts.flatMap((part) => part.records)).toEqual(records);
        for (const part of parts) {
          expect(part.records.length).toBeGreaterThan(0);
          if (part.records.length > 1) expect(Buffer.byteLength(part.body)).toBeLessThanOrEqual(maxBytes);
        }
      },
    ),
  );
});
