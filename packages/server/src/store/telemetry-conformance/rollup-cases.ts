import { createSketch, decodeSketch, SKETCH_RELATIVE_ERROR } from "@playhead/core";
import fc from "fast-check";
import type { CallSum, EntryRow, RollupSpan, TelemetryStore, TotalsRow } from "../telemetry-store.ts";
import {
  callRow,
  DAY_MS,
  groupOf,
  HOUR_MS,
  lineRow,
  TEN_MS,
  type TelemetryCase,
  type TelemetrySetup,
} from "./telemetry-case.ts";

export const SPANS: readonly RollupSpan[] = ["minute", "hour", "day", "week", "month"];
const QUANTILES = [0, 0.5, 0.9, 0.95, 0.99, 1];
const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/**
 * Which span of a zone a moment lies in, by its date and clock: another way than the store's, which goes by moments.
 * An hour that happens twice is told apart by the distance from UTC.
 */
function spanKey(timeZone: string, span: RollupSpan, atMs: number): string {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  const date = at.toPlainDate();
  if (span === "month") return date.toPlainYearMonth().toString();
  if (span === "week") return `${date.yearOfWeek} ${date.weekOfYear}`;
  if (span === "day") return date.toString();
  if (span === "hour") return `${date} ${at.hour} ${at.offset}`;
  return `${date} ${at.hour}:${at.minute} ${at.offset}`;
}

interface Plain {
  count: number;
  errors: number;
  sum: number;
  durations: number[];
}

function sumUp(rows: readonly EntryRow[], keyOf: (row: EntryRow) => string): ReadonlyMap<string, Plain> {
  const sums = new Map<string, Plain>();
  for (const row of rows) {
    if (row.durationMs === null || row.category === null || row.eventType === "log") continue;
    const sum = sums.get(keyOf(row)) ?? { count: 0, errors: 0, sum: 0, durations: [] };
    sums.set(keyOf(row), sum);
    sum.count += 1;
    sum.errors += row.eventType === "error" ? 1 : 0;
    sum.sum += row.durationMs;
    sum.durations.push(row.durationMs);
  }
  for (const { durations } of sums.values()) durations.sort((a, b) => a - b);
  return sums;
}

type Figures = Pick<CallSum, "count" | "errors" | "durationSumMs" | "durationMinMs" | "durationMaxMs">;

function check(
  expect: TelemetrySetup["expect"],
  told: Figures,
  plain: Plain | undefined,
  quantiles: readonly number[],
): void {
  expect(plain).toBeDefined();
  const { count, errors, sum, durations } = plain as Plain;
  expect([told.count, told.errors, told.durationMinMs, told.durationMaxMs]).toEqual([
    count,
    errors,
    durations[0],
    durations.at(-1),
  ]);
  expect(Math.abs(told.durationSumMs - sum)).toBeLessThanOrEqual(1e-9 * sum);
  for (const [place, quantile] of quantiles.entries()) {
    const truth = durations[Math.floor((QUANTILES[place] as number) * (count - 1))] as number;
    expect(Math.abs(quantile - truth)).toBeLessThanOrEqual(truth * (SKETCH_RELATIVE_ERROR + 1e-9));
  }
}

/**
 * Compares all that a store adds up of a tenant with a plain recomputation over its rows.
 * @param timeZone the store's
 */
export async function checkRollups(
  { store, expect, tenantId }: TelemetrySetup,
  rows: readonly EntryRow[],
  timeZone: string,
  ranges: readonly (readonly [number, number])[],
): Promise<void> {
  for (const span of SPANS) {
    const expected = sumUp(rows, (row) => `${row.category} ${row.functionName} ${spanKey(timeZone, span, row.tsMs)}`);
    const rollups = await store.readRollups({ tenantId, span, range: ALL_TIME });
    expect(rollups.length, span).toBe(expected.size);
    for (const { startMs, category, name, sketch, ...figures } of rollups) {
      const key = spanKey(timeZone, span, startMs);
      const quantiles = QUANTILES.map((share) => decodeSketch(sketch).quantile(share) as number);
      check(expect, figures, expected.get(`${category} ${name} ${key}`), quantiles);
      // It begins where its span does.
      expect(startMs % 60_000).toBe(0);
      expect(spanKey(timeZone, span, startMs - 60_000)).not.toBe(key);
    }
    const inOne = sumUp(rows, (row) => spanKey(timeZone, span, row.tsMs));
    const points = await store.sumCallsBySpan({ tenantId, span, range: ALL_TIME, quantiles: QUANTILES });
    expect(points.length, span).toBe(inOne.size);
    for (const { startMs, quantilesMs, ...point } of points) {
      check(expect, point, inOne.get(spanKey(timeZone, span, startMs)), quantilesMs);
    }
  }
  for (const [fromMs, toMs] of ranges) {
    const asked = { fromMs, toMs };
    const { range, sums } = await store.sumCalls({ tenantId, range: asked, quantiles: QUANTILES });
    expect(range).toEqual({ fromMs: Math.floor(fromMs / 60_000) * 60_000, toMs: Math.ceil(toMs / 60_000) * 60_000 });
    const within = rows.filter(({ tsMs }) => tsMs >= range.fromMs && tsMs < range.toMs);
    const expected = sumUp(within, ({ category, functionName }) => `${category} ${functionName}`);
    expect(sums.length).toBe(expected.size);
    for (const { category, name, quantilesMs, ...sum } of sums) {
      check(expect, sum, expected.get(`${category} ${name}`), quantilesMs);
    }
  }
}

/** Around the days on which clocks are changed in Europe, America, and on Lord Howe Island (by half an hour), and at a year's end. */
const EDGES_MS = [
  "2026-03-29T01:00Z",
  "2026-10-25T01:00Z",
  "2026-11-01T06:00Z",
  "2026-04-04T15:00Z",
  "2027-01-01T00:00Z",
].map(Date.parse);

const anyMoment = fc.oneof(
  fc
    .tuple(fc.constantFrom(...EDGES_MS), fc.integer({ min: -4 * HOUR_MS, max: 4 * HOUR_MS }))
    .map(([at, off]) => at + off),
  fc.integer({ min: Date.UTC(2026, 2), max: Date.UTC(2027, 1) }),
);

const anyCall = fc.record({
  tsMs: anyMoment,
  durationMs: fc.double({ min: -3, max: 7, noNaN: true }).map((exponent) => 10 ** exponent),
  eventType: fc.constantFrom("complete", "complete", "error", "log"),
  category: fc.constantFrom("function", "api", "step"),
  functionName: fc.constantFrom("probe", "render", "GET api.example.com/videos"),
} as const);

/** Random calls of a tenant, and ranges to be asked about. */
export const anyCalls = fc.record({
  calls: fc.array(anyCall, { minLength: 1, maxLength: 60 }),
  ranges: fc.array(
    fc.tuple(anyMoment, anyMoment).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    { minLength: 1, maxLength: 5 },
  ),
  groupSize: fc.integer({ min: 1, max: 30 }),
});

/** Stores calls, in groups, in the order that they are given in: late ones among others. */
export async function appendCalls(
  store: TelemetryStore,
  tenantId: string,
  { calls, groupSize }: { readonly calls: readonly Partial<EntryRow>[]; readonly groupSize: number },
): Promise<readonly EntryRow[]> {
  const rows = calls.map((call) => callRow(tenantId, call));
  for (let from = 0; from < rows.length; from += groupSize)
    await store.append(groupOf(rows.slice(from, from + groupSize)));
  return rows;
}

/** What calls add up to, in the zone of the store under test. */
export function rollupCases(timeZone: string): readonly TelemetryCase<TelemetrySetup>[] {
  return [
    {
      name: `property 5: sums, averages and percentiles of any span and range are those of the rows, in ${timeZone}`,
      async run(setup) {
        let runs = 0;
        await fc.assert(
          fc.asyncProperty(anyCalls, async ({ ranges, ...given }) => {
            const tenantId = `${setup.tenantId}-${runs++}`;
            const rows = await appendCalls(setup.store, tenantId, given);
            await checkRollups({ ...setup, tenantId }, rows, timeZone, ranges);
          }),
          { numRuns: 12 },
        );
      },
    },
    {
      name: "adds up what ended with a duration, and nothing else",
      async run({ store, expect, tenantId }) {
        const call = callRow(tenantId, { durationMs: 4 });
        await store.append(
          groupOf([
            call,
            { ...call, eventType: "error", durationMs: 6 },
            { ...call, durationMs: null },
            { ...call, category: null },
            { ...call, functionName: null },
            { ...call, eventType: "start", spanId: "a" },
            lineRow(tenantId),
          ]),
        );
        const rollups = await store.readRollups({ tenantId, span: "day", range: ALL_TIME });
        expect(rollups).toMatchObject([
          { category: "function", name: "probe", count: 2, errors: 1, summarized: 0, durationSumMs: 10 },
        ]);
      },
    },
    {
      name: "adds what was counted elsewhere, exactly, and says how much that was",
      async run({ store, expect, tenantId }) {
        const sketch = createSketch();
        for (const value of [1, 2, 3]) sketch.add(value);
        const totals: TotalsRow = {
          tenantId,
          minuteMs: TEN_MS,
          totals: {
            name: "probe",
            category: "function",
            count: 3,
            errors: 1,
            duration_sum_ms: 6,
            duration_min_ms: 1,
            duration_max_ms: 3,
            sketch: sketch.encode(),
          },
        };
        await store.append(groupOf([callRow(tenantId, { durationMs: 100, tsMs: TEN_MS + 30_000 })]));
        await store.append(groupOf([], { totals: [totals, totals] }));
        for (const span of SPANS) {
          const [rollup, ...others] = await store.readRollups({ tenantId, span, range: ALL_TIME });
          expect(others).toEqual([]);
          expect(rollup).toMatchObject({
            count: 7,
            errors: 2,
            summarized: 6,
            durationSumMs: 112,
            durationMinMs: 1,
            durationMaxMs: 100,
          });
          expect(decodeSketch(rollup?.sketch ?? "").count).toBe(7);
        }
      },
    },
    {
      name: "answers for one name, one category, and one tenant alone",
      async run({ store, expect, tenantId }) {
        const other = `${tenantId}-other`;
        await store.append(
          groupOf([
            callRow(tenantId, { functionName: "a", category: "api" }),
            callRow(tenantId, { functionName: "a", category: "db" }),
            callRow(tenantId, { functionName: "b", category: "db" }),
            callRow(other, { functionName: "b", category: "db" }),
          ]),
        );
        const names = async (which: object) => {
          const query = { tenantId, range: { fromMs: TEN_MS, toMs: TEN_MS + DAY_MS }, ...which };
          const { sums } = await store.sumCalls({ ...query, quantiles: [] });
          const rollups = await store.readRollups({ ...query, span: "minute" });
          const told = sums.map(({ category, name }) => `${category} ${name}`);
          expect(rollups.map(({ category, name }) => `${category} ${name}`)).toEqual(told);
          const medians = await store.readMedians({ ...query, span: "minute", limit: 9 });
          expect(medians.map(({ category, name }) => `${category} ${name}`)).toEqual(told);
          return told;
        };
        expect(await names({})).toEqual(["api a", "db a", "db b"]);
        expect(await names({ name: "a" })).toEqual(["api a", "db a"]);
        expect(await names({ category: "db" })).toEqual(["db a", "db b"]);
        expect(await names({ category: "db", name: "a" })).toEqual(["db a"]);
        expect(await names({ category: "step" })).toEqual([]);
        expect(await names({ tenantId: other })).toEqual(["db b"]);
      },
    },
    {
      name: `property 10: the median of each span is that of the rows, in ${timeZone}`,
      async run({ store, expect, tenantId }) {
        let runs = 0;
        await fc.assert(
          fc.asyncProperty(anyCalls, fc.integer({ min: 1, max: 8 }), async (given, limit) => {
            const tenant = `${tenantId}-medians-${runs++}`;
            const rows = await appendCalls(store, tenant, given);
            const span = SPANS[runs % SPANS.length] as RollupSpan;
            const plain = sumUp(
              rows,
              (row) => `${row.category} ${row.functionName}\n${spanKey(timeZone, span, row.tsMs)}`,
            );
            const told = await store.readMedians({ tenantId: tenant, span, range: ALL_TIME, limit });
            const names = new Set([...plain.keys()].map((key) => key.split("\n")[0]));
            expect(new Set(told.map(({ category, name }) => `${category} ${name}`))).toEqual(names);
            for (const { category, name, points } of told) {
              const own = [...plain].filter(([key]) => key.startsWith(`${category} ${name}\n`));
              expect(points.length).toBe(Math.min(limit, own.length));
              expect(points.map(({ startMs }) => startMs)).toEqual(
                points.map(({ startMs }) => startMs).toSorted((a, b) => a - b),
              );
              for (const { startMs, count, medianMs } of points) {
                const { durations } = plain.get(`${category} ${name}\n${spanKey(timeZone, span, startMs)}`) as Plain;
                const truth = durations[Math.floor(0.5 * (durations.length - 1))] as number;
                expect(count).toBe(durations.length);
                expect(Math.abs(medianMs - truth)).toBeLessThanOrEqual(truth * (SKETCH_RELATIVE_ERROR + 1e-9));
              }
            }
          }),
          { numRuns: 10 },
        );
      },
    },
    {
      name: "knows nothing of what was not called",
      async run({ store, expect, tenantId }) {
        const range = { fromMs: TEN_MS + 1, toMs: TEN_MS + 2 };
        const widened = { fromMs: TEN_MS, toMs: TEN_MS + 60_000 };
        expect(await store.sumCalls({ tenantId, range, quantiles: [0.5] })).toEqual({ range: widened, sums: [] });
        expect(await store.sumCallsBySpan({ tenantId, range, span: "hour", quantiles: [0.5] })).toEqual([]);
        expect(await store.readRollups({ tenantId, range, span: "hour" })).toEqual([]);
        expect(await store.readMedians({ tenantId, range, span: "hour", limit: 9 })).toEqual([]);
      },
    },
  ];
}
