import type { LogEntry } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { findSlowest } from "./find-slowest.ts";

const PAGE = 20;

/** A log that answers as the server does: in the order of time, a page at a time. */
function logOf(durations: readonly number[]) {
  const entries = durations.map((duration) => ({ duration }) as LogEntry);
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    async ask(overMs: number) {
      asked += 1;
      const matching = entries.filter(({ duration }) => (duration ?? 0) > overMs);
      return { entries: matching.slice(0, PAGE), next_page_token: matching.length > PAGE ? "next" : null };
    },
  };
}

test("of what fits a few pages, exactly the slowest, the slowest first", async () => {
  const durations = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 5, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(durations, async (given) => {
      const found = await findSlowest(logOf(given).ask, 0, 5);
      expect(found.map(({ duration }) => duration)).toEqual(given.toSorted((a, b) => b - a).slice(0, 5));
    }),
  );
});

test("of very many it asks a few times and tells the slowest it saw; of equals it does not ask for ever", async () => {
  const many = logOf(Array.from({ length: 5_000 }, (_, at) => (at * 7_919) % 5_000));
  expect(await findSlowest(many.ask, 0, 5)).toHaveLength(5);
  expect(many.asked).toBeLessThanOrEqual(6);
  const equal = logOf(Array.from({ length: 100 }, () => 7));
  expect(await findSlowest(equal.ask, 0, 5)).toHaveLength(5);
});
