import { expect, test } from "vitest";
import { createMessageLimit } from "./message-limit.ts";

test("600 messages within ten seconds are fine, one more is not, and then the count begins anew", () => {
  let nowMs = 0;
  const isWithin = createMessageLimit(() => nowMs);
  const sent = (count: number) => Array.from({ length: count }, () => isWithin());
  expect(sent(600).every(Boolean)).toBe(true);
  nowMs = 9_999;
  expect(isWithin()).toBe(false);
  nowMs = 10_000;
  expect(sent(600).every(Boolean)).toBe(true);
  expect(isWithin()).toBe(false);
});

test("a clock that is set back makes nobody wait for it", () => {
  let nowMs = 1_000_000;
  const isWithin = createMessageLimit(() => nowMs);
  for (let at = 0; at < 600; at++) isWithin();
  nowMs = 0;
  expect(isWithin()).toBe(true);
});
