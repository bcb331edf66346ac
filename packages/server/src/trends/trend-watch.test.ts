import { expect, test } from "vitest";
import type { MediansQuery } from "../store/telemetry-store.ts";
import { analyzeSeries } from "./analyze-series.ts";
import { createTrendWatch } from "./trend-watch.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 21, 10, 30);

/** A watch over functions that take so long in each hour before now, the newest last. */
function watchOf(medians: Readonly<Record<string, readonly number[]>>) {
  let nowMs = NOW_MS;
  const asked: MediansQuery[] = [];
  const watch = createTrendWatch({
    store: {
      async readMedians(query) {
        asked.push(query);
        const own = medians[query.name as string] ?? [];
        const points = own.map((medianMs, at) => ({
          startMs: query.range.toMs - (own.length - at) * HOUR_MS,
          count: 3,
          medianMs,
        }));
        return [{ category: "function", name: query.name as string, points }];
      },
    },
    measures: { read: async () => [] },
    analyze: async (question) => analyzeSeries(question),
    timeZone: "UTC",
    nowMs: () => nowMs,
  });
  return { watch, asked, passHours: (count: number) => (nowMs += count * HOUR_MS) };
}

const noise = (count: number, level: number) =>
  Array.from({ length: count }, (_, at) => level * (1 + ((at * 7) % 10) / 100));

test("a function is looked at once the hour of its call is over, by whole hours alone", async () => {
  const { watch, asked, passHours } = watchOf({ encode: [...noise(40, 100), ...noise(12, 160)] });
  watch.noteCall("t", "function", "encode");
  watch.noteCall("t", "function", "encode");
  expect(await watch.look()).toEqual([]);
  passHours(1);
  const found = await watch.look();
  expect(found).toEqual([
    { tenantId: "t", name: "function_regression", labels: { function_name: "encode" }, value: expect.closeTo(0.6, 1) },
    { tenantId: "t", name: "anomaly_score", labels: { function_name: "encode" }, value: expect.any(Number) },
  ]);
  expect(asked.map(({ range }) => range.toMs)).toEqual([Date.UTC(2026, 10, 21, 11)]);
  expect(await watch.look()).toEqual([]);
});

test("an hour out of the usual has a score, and a function of a few hours has none", async () => {
  const { watch, passHours } = watchOf({ odd: [...noise(60, 100), 400], young: noise(5, 10) });
  watch.noteCall("t", "function", "odd");
  watch.noteCall("t", "function", "young");
  passHours(1);
  const found = await watch.look();
  expect(found.filter(({ name }) => name === "anomaly_score")).toHaveLength(1);
  expect(found.find(({ name }) => name === "anomaly_score")?.value).toBeGreaterThan(4);
  expect(found.filter(({ name }) => name === "function_regression").map(({ value }) => value)).toEqual([0, 0]);
});

test("what is due is looked at in bounded parts, nothing twice and nothing forgotten", async () => {
  const { watch, asked, passHours } = watchOf({});
  for (let at = 0; at < 45; at++) watch.noteCall("t", "function", `f${at}`);
  passHours(1);
  const counts = [];
  for (let round = 0; round < 4; round++) counts.push((await watch.look()).length);
  expect(counts).toEqual([20, 20, 5, 0]);
  expect(new Set(asked.map(({ name }) => name)).size).toBe(45);
});
