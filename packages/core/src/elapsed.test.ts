import { expect, test } from "vitest";
import { elapsedMs } from "./elapsed.ts";

const TEN = "2026-11-21T10:00:00.000Z";
const LATER = "2026-11-21T10:00:01.250Z";

test.each([
  { from: TEN, to: LATER, ms: 1_250 },
  { from: TEN, to: TEN, ms: 0 },
  { from: LATER, to: TEN, ms: 0 },
  { from: null, to: TEN, ms: 0 },
  { from: TEN, to: null, ms: 0 },
  { from: "", to: TEN, ms: 0 },
])("from $from to $to are $ms ms", ({ from, to, ms }) => {
  expect(elapsedMs(from, to)).toBe(ms);
});
