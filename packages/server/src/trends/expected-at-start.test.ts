import { expect, test } from "vitest";
import { expectedAtStart } from "./expected-at-start.ts";

const START_MS = 1_795_000_000_000;
const job = { started_at: new Date(START_MS).toISOString() };
const told = (at: number, finish: number) => ({
  at_ms: START_MS + at,
  ms: START_MS + finish,
  low_ms: START_MS + finish,
  high_ms: START_MS + finish,
});

test.each([
  { name: "the first that was said", given: [told(500, 60_000), told(30_000, 90_000)], expected: 60_000 },
  { name: "nothing, where nothing was said", given: [], expected: null },
  { name: "nothing, where it came when much was done", given: [told(20_000, 60_000)], expected: null },
  { name: "what was said after minutes of a job of hours", given: [told(300_000, 7_200_000)], expected: 7_200_000 },
])("a job's start foretold $name", ({ given, expected }) => {
  expect(expectedAtStart(job, given)).toBe(expected);
});

test("a job that never began was expected to take nothing in particular", () => {
  expect(expectedAtStart({ started_at: null }, [told(0, 1)])).toBeNull();
});
