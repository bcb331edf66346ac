import fc from "fast-check";
import { expect, test } from "vitest";
import { rankOf, rankScale } from "./rank.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00.000Z");
const MINUTE_MS = 60_000;

const job = fc.record({
  priority: fc.integer({ min: -100, max: 100 }),
  sinceMs: fc.integer({ min: NOW_MS - 300 * MINUTE_MS, max: NOW_MS + 60 * MINUTE_MS }),
});

test("property: the rank orders as the effective priority does at any moment, to a point", () => {
  fc.assert(
    fc.property(job, job, fc.nat(600), (one, other, minutes) => {
      const scale = rankScale(MINUTE_MS, NOW_MS);
      const laterMs = NOW_MS + minutes * MINUTE_MS;
      const points = ({ priority, sinceMs }: typeof one) => priority + (laterMs - sinceMs) / MINUTE_MS;
      const ahead = points(one) - points(other);
      const before = rankOf(other, scale) - rankOf(one, scale);
      expect(Math.abs(before - ahead)).toBeLessThanOrEqual(1);
    }),
  );
});

test.for([
  { name: "more urgent", first: { priority: 5, sinceMs: NOW_MS }, after: { priority: 4, sinceMs: NOW_MS } },
  {
    name: "as urgent, and has waited longer",
    first: { priority: 0, sinceMs: NOW_MS - MINUTE_MS },
    after: { priority: 0, sinceMs: NOW_MS },
  },
  {
    name: "least urgent, and has waited for 201 steps",
    first: { priority: -100, sinceMs: NOW_MS - 201 * MINUTE_MS },
    after: { priority: 100, sinceMs: NOW_MS },
  },
])("first comes who is $name", ({ first, after }) => {
  const scale = rankScale(MINUTE_MS, NOW_MS);
  expect(rankOf(first, scale)).toBeLessThan(rankOf(after, scale));
});

test("ranks are within what BullMQ takes, for whatever aging, and however old a job is", () => {
  const aging = fc.integer({ min: 100, max: 31_536_000_000 });
  const since = fc.integer({ min: 0, max: 2 * NOW_MS });
  fc.assert(
    fc.property(aging, since, (agingMs, sinceMs) => {
      const rank = rankOf({ priority: 0, sinceMs }, rankScale(agingMs, NOW_MS));
      expect(rank).toBeGreaterThanOrEqual(1);
      expect(rank).toBeLessThan(2 ** 21);
    }),
  );
});
