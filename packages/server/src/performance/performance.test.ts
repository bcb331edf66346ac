import type { LogEntry } from "@playhead/core";
import { expect, test } from "vitest";
import type { CallSumsQuery, EntriesQuery, MediansQuery, NamedCallSum } from "../store/telemetry-store.ts";
import { createPerformance } from "./performance.ts";

const DAY_MS = 86_400_000;
const TODAY = { fromMs: 10 * DAY_MS, toMs: 11 * DAY_MS };
const YESTERDAY = { fromMs: 9 * DAY_MS, toMs: 10 * DAY_MS };

function sum(name: string, count: number, averageMs: number, more: Partial<NamedCallSum> = {}): NamedCallSum {
  return {
    category: "function",
    name,
    count,
    errors: 0,
    summarized: 0,
    durationSumMs: count * averageMs,
    durationMinMs: averageMs / 2,
    durationMaxMs: averageMs * 2,
    quantilesMs: [averageMs, averageMs, averageMs, averageMs],
    durationVariance: averageMs ** 2 / 10,
    ...more,
  };
}

function entry(function_name: string, duration: number, event_type: "complete" | "error" = "complete"): LogEntry {
  return {
    category: "function",
    function_name,
    duration,
    event_type,
    timestamp: "1970-01-01T00:00:01.000Z",
  } as LogEntry;
}

/** The seam to the store as its owner sees it: what it would add up, and medians of windows, by the start of the range. */
function storeOf(
  sums: ReadonlyMap<number, readonly NamedCallSum[]>,
  {
    medians = new Map(),
    calls = new Map(),
  }: {
    readonly medians?: ReadonlyMap<number, readonly number[]>;
    readonly calls?: ReadonlyMap<string, readonly LogEntry[]>;
  } = {},
) {
  return {
    readMedians: async ({ range }: MediansQuery) => {
      const points = (medians.get(range.fromMs) ?? []).map((medianMs, at) => ({ startMs: at, count: 1, medianMs }));
      return points.length === 0 ? [] : [{ category: "function" as const, name: "f", points }];
    },
    sumCalls: async ({ range }: CallSumsQuery) => ({ range, sums: sums.get(range.fromMs) ?? [] }),
    sumCallsBySpan: async ({ range }: CallSumsQuery) =>
      (sums.get(range.fromMs) ?? []).map((each) => ({ ...each, startMs: range.fromMs, endMs: range.toMs })),
    // The newest first, a page at a time.
    queryEntries: async ({ job_id = "", after, limit }: EntriesQuery) => {
      const from = after?.entryId ?? 0;
      const all = calls.get(job_id) ?? [];
      const next = from + limit < all.length ? { tsMs: 0, entryId: from + limit } : null;
      return { entries: all.slice(from, from + limit), next };
    },
  };
}

test("a summary tells what took most of the time first, with rates and percentiles", async () => {
  const sums = [
    sum("quick", 10, 1),
    sum("slow", 4, 100, { errors: 1, summarized: 2, quantilesMs: [90, 150, 180, 199] }),
  ];
  const summary = await createPerformance(storeOf(new Map([[TODAY.fromMs, sums]]))).getPerformanceSummary({
    tenantId: "t",
    range: TODAY,
  });
  expect(summary.range).toEqual({ from: "1970-01-11T00:00:00.000Z", to: "1970-01-12T00:00:00.000Z" });
  expect(summary.percentile_error).toBe(0.01);
  expect(summary.functions).toMatchObject([
    {
      name: "slow",
      count: 4,
      error_count: 1,
      error_rate: 0.25,
      summarized_count: 2,
      total_ms: 400,
      average_ms: 100,
      p50_ms: 90,
      p90_ms: 150,
      p95_ms: 180,
      p99_ms: 199,
    },
    { name: "quick", count: 10, error_rate: 0, average_ms: 1, min_ms: 0.5, max_ms: 2 },
  ]);
});

test.each([
  { name: "twice as slow", before: sum("f", 100, 10), after: sum("f", 100, 20), change: 1, significant: true },
  {
    name: "a little slower, of few calls",
    before: sum("f", 12, 10),
    after: sum("f", 12, 10.5),
    change: 0.05,
    significant: false,
  },
  { name: "the same", before: sum("f", 100, 10), after: sum("f", 100, 10), change: 0, significant: false },
  {
    name: "twice as slow, of too few calls",
    before: sum("f", 9, 10),
    after: sum("f", 100, 20),
    change: 1,
    significant: false,
  },
  {
    name: "always the same, then another",
    before: sum("f", 20, 10, { durationVariance: 0 }),
    after: sum("f", 20, 11, { durationVariance: 0 }),
    change: 0.1,
    significant: true,
  },
])("a comparison of what is $name", async ({ before, after, change, significant }) => {
  const store = storeOf(
    new Map([
      [YESTERDAY.fromMs, [before]],
      [TODAY.fromMs, [after]],
    ]),
  );
  const { functions } = await createPerformance(store).compare({ tenantId: "t", before: YESTERDAY, after: TODAY });
  expect(functions).toHaveLength(1);
  expect(functions[0]?.average_change).toBeCloseTo(change);
  expect(functions[0]?.is_significant).toBe(significant);
});

test.each([
  { name: "all windows took longer", before: [10, 11, 12, 10.5, 11.5, 12.5], factor: 1.3, isSignificant: true },
  { name: "one window did", before: [10, 11, 12, 10.5, 11.5, 12.5], factor: 1, isSignificant: false },
])("where $name, the ranks of windows decide, and not the many calls", async ({ before, factor, isSignificant }) => {
  const after = before.map((median, at) => (at === 0 ? 100 : median * factor));
  const calls = new Map([
    [YESTERDAY.fromMs, [sum("f", 10_000, 10)]],
    [TODAY.fromMs, [sum("f", 10_000, 20)]],
  ]);
  const windows = new Map([
    [YESTERDAY.fromMs, before],
    [TODAY.fromMs, after],
  ]);
  const { compare } = createPerformance(storeOf(calls, { medians: windows }));
  const { functions } = await compare({ tenantId: "t", before: YESTERDAY, after: TODAY });
  expect(functions).toMatchObject([{ name: "f", p_basis: "windows", is_significant: isSignificant }]);
});

test("a comparison tells what is new and what is gone", async () => {
  const store = storeOf(
    new Map([
      [YESTERDAY.fromMs, [sum("gone", 20, 1)]],
      [TODAY.fromMs, [sum("new", 20, 1)]],
    ]),
  );
  const { functions } = await createPerformance(store).compare({ tenantId: "t", before: YESTERDAY, after: TODAY });
  expect(functions).toMatchObject([
    { name: "gone", after: null, average_change: null, p_value: null, p_basis: null, is_significant: false },
    { name: "new", before: null, average_change: null },
  ]);
});

test("a function that was not called is none", async () => {
  const performance = createPerformance(storeOf(new Map([[TODAY.fromMs, [sum("f", 1, 1)]]])));
  const query = { tenantId: "t", name: "f", span: "day" } as const;
  expect(await performance.readFunction({ ...query, range: YESTERDAY })).toBeNull();
  expect(await performance.readFunction({ ...query, range: TODAY })).toMatchObject({
    series: { span: "day", points: [{ from: "1970-01-11T00:00:00.000Z", to: "1970-01-12T00:00:00.000Z", count: 1 }] },
  });
});

test("two jobs are compared call by call, however many pages their calls fill", async () => {
  const takes = (ms: number, count: number) =>
    Array.from({ length: count }, (_, at) => entry("render", ms + (at % 3), at === 0 ? "error" : "complete"));
  const calls = new Map([
    ["then", [...takes(100, 1_500), entry("gone", 1)]],
    ["now", takes(120, 2_001)],
  ]);
  const answer = await createPerformance(storeOf(new Map(), { calls })).compareJobs({
    tenantId: "t",
    beforeJobId: "then",
    afterJobId: "now",
  });
  expect(answer.after).toEqual({ from: "1970-01-01T00:00:01.000Z", to: "1970-01-01T00:00:01.123Z" });
  expect(answer.functions).toMatchObject([
    { name: "render", before: { count: 1_500, error_count: 1, min_ms: 100 }, after: { count: 2_001, max_ms: 122 } },
    { name: "gone", before: { count: 1 }, after: null },
  ]);
  const [render] = answer.functions;
  expect(render?.average_change).toBeCloseTo(121 / 101 - 1);
  expect(render?.before?.average_ms).toBeCloseTo(101);
  expect(render?.is_significant).toBe(true);
});
