import { PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readEventLine } from "./event-line.ts";

const GOOD = {
  source: "worker-7",
  n: 3,
  type: "task.started",
  job_id: "j",
  ts: "2026-11-21T10:42:00.000Z",
  data: { task_id: "t" },
};

test("a line is a record and who sent it", () => {
  const { source, ...record } = GOOD;
  expect(readEventLine(JSON.stringify(GOOD), 1)).toEqual({ source, record });
  expect(readEventLine(`${JSON.stringify(GOOD)}\r`, 1)).toEqual({ source, record });
});

test("empty lines are nothing", () => {
  for (const text of ["", " ", "\r"]) expect(readEventLine(text, 1)).toBeNull();
});

test.each([
  { name: "no JSON", line: "{", n: null, says: "JSON" },
  { name: "no object", line: "7", n: null, says: "record" },
  { name: "no source", line: JSON.stringify({ ...GOOD, source: undefined }), n: 3, says: "source" },
  { name: "an empty source", line: JSON.stringify({ ...GOOD, source: "" }), n: 3, says: "source" },
  { name: "a source with a space", line: JSON.stringify({ ...GOOD, source: "a b" }), n: 3, says: "source" },
  {
    name: "a source of the server's own process",
    line: JSON.stringify({ ...GOOD, source: "local:1" }),
    n: 3,
    says: "source",
  },
  { name: "an unknown type", line: JSON.stringify({ ...GOOD, type: "task.exploded" }), n: 3, says: "type" },
  {
    name: "a tick that the server works out",
    line: JSON.stringify({ ...GOOD, type: "job.progress" }),
    n: 3,
    says: "type",
  },
  { name: "a bad number", line: JSON.stringify({ ...GOOD, n: 1.5 }), n: null, says: "n" },
  {
    name: "over a megabyte",
    line: JSON.stringify({ ...GOOD, data: { x: "x".repeat(1_000_000) } }),
    n: null,
    says: "1000000",
  },
])("a line with $name is refused by itself, with its number where it has one", ({ line, n, says }) => {
  expect(readEventLine(line, 12)).toMatchObject({
    n,
    error_class: "input",
    error_message: expect.stringContaining(says),
    detail: { line: 12 },
  });
});

test("whatever a line holds, it is read or refused", () => {
  const wild = fc.record(
    Object.fromEntries(Object.entries(GOOD).map(([key, good]) => [key, fc.oneof(fc.constant(good), fc.jsonValue())])),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        wild.map((value) => JSON.stringify(value)),
      ),
      (line) => {
        expect(() => readEventLine(line, 1)).not.toThrow(PlayheadError);
        readEventLine(line, 1);
      },
    ),
    { numRuns: 300 },
  );
});
