import { expect, test } from "vitest";
import { howManyWait, type QueueKind, whoHandsOut, whyKindWaits } from "./queue-words.ts";

const kind = (fields: Partial<QueueKind>): QueueKind => ({
  ...{ kind: "clips", waiting: 0, later: 0, running: 0, oldest_wait_ms: null, workers: 1, reason: null },
  ...{ max_running: null, max_per_minute: null, bullmq: null },
  ...fields,
});

test.for<{ name: string; given: Partial<QueueKind>; expected: [string, boolean] }>([
  { name: "nobody runs it", given: { reason: "no_worker", workers: 0 }, expected: ["no worker offers it", true] },
  { name: "one worker", given: { reason: "in_line" }, expected: ["1 worker, busy", false] },
  { name: "several", given: { reason: "in_line", workers: 3 }, expected: ["3 workers, busy", false] },
  { name: "places", given: { reason: "kind_limit", max_running: 2 }, expected: ["2 may run at a time", false] },
  { name: "rate", given: { reason: "rate_limit", max_per_minute: 30 }, expected: ["30 may begin in a minute", false] },
  { name: "later", given: { reason: "later" }, expected: ["for later", false] },
  {
    name: "stopped by hand",
    given: { reason: "in_line", bullmq: { failed: 0, is_paused: true } },
    expected: ["paused in BullMQ", true],
  },
  { name: "nothing waits", given: {}, expected: ["", false] },
])("why a kind waits: $name", ({ given, expected: [words, needsSomeone] }) => {
  expect(whyKindWaits(kind(given))).toEqual({ words, needsSomeone });
});

test("how many wait, how many later, and since when", () => {
  expect(howManyWait(kind({ waiting: 12, later: 3, oldest_wait_ms: 250_000 }))).toBe(
    "12 waiting, 3 later, the first for 4 m 10 s",
  );
  expect(howManyWait(kind({ later: 1 }))).toBe("1 later");
});

test("who hands out is said where it is not the server alone, and when it is away", () => {
  const of = (engine: "built_in" | "bullmq", is_connected: boolean | null) =>
    whoHandsOut({ engine, is_connected, kinds: [] });
  expect([of("built_in", null), of("bullmq", true), of("bullmq", false)]).toEqual([
    null,
    "by BullMQ",
    "BullMQ’s Redis is away",
  ]);
});
