import type { JsonObject, LogFilter } from "@playhead/core";
import fc from "fast-check";
import type { EntryRow } from "../telemetry-store.ts";
import {
  ALL,
  callRow,
  entryOf,
  groupOf,
  lineRow,
  linesOf,
  TEN_MS,
  type TelemetryCase,
  type TelemetrySetup,
} from "./telemetry-case.ts";

const anyText = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.string({ unit: "binary", maxLength: 10 }));
const anyName = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const anyObject = fc.dictionary(anyName, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 5 }) as fc.Arbitrary<JsonObject>;
/** Such that they are words for everyone. */
const anyWord = fc.stringMatching(/^[a-z]{3,8}[0-9]{0,2}$/);

const anyRow = (tenantId: string): fc.Arbitrary<EntryRow & { readonly words: readonly [string, string] }> =>
  fc
    .record({
      words: fc.tuple(anyWord, anyWord),
      tsMs: fc.integer({ min: 0, max: 4e12 }),
      eventType: fc.constantFrom("complete", "error", "log"),
      level: fc.constantFrom("debug", "info", "warning", "error", "critical"),
      logger: anyName,
      category: maybe(fc.constantFrom("function", "api", "db", "step")),
      functionName: maybe(anyName),
      message: anyText,
      durationMs: maybe(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true }))),
      sessionId: anyName,
      jobId: maybe(anyName),
      taskId: maybe(anyName),
      traceId: maybe(anyName),
      spanId: maybe(anyName),
      parentSpanId: maybe(anyName),
      stage: maybe(anyName),
      userId: maybe(anyName),
      memoryBytes: maybe(fc.nat()),
      body: fc.record(
        {
          parameters: anyObject,
          result_summary: anyText,
          error_details: fc.record({ class: anyName, message: anyText }),
          metadata: anyObject,
        },
        { requiredKeys: [] },
      ),
    })
    // JSON has no -0, and words stand between whatever else is said.
    .map((row) => ({
      ...row,
      tenantId,
      message: `${row.message} ${row.words[0].toUpperCase()}, ${row.words[1]}: ${row.message}`,
      body: JSON.parse(JSON.stringify(row.body)),
    }));

/** The filters that find a row, one for each attribute that it has. */
function filtersOf(
  row: EntryRow & { readonly words: readonly [string, string] },
): Readonly<Record<string, Omit<LogFilter, "tenant_id">>> {
  const [first, second] = row.words;
  const own: Record<string, Omit<LogFilter, "tenant_id">> = {
    nothing: {},
    range: { range: { fromMs: row.tsMs, toMs: row.tsMs + 1 } },
    level: { levels: [row.level] },
    event_type: { event_types: [row.eventType] },
    session: { session_id: row.sessionId },
    logger: { logger: row.logger },
    word: { text: first },
    words: { text: `${second} ${first}` },
    phrase: { text: `"${first} ${second}"` },
    beginning: { text: `${first.slice(0, 3)}*` },
    all: {
      range: { fromMs: row.tsMs, toMs: row.tsMs + 1 },
      levels: [row.level],
      logger: row.logger,
      session_id: row.sessionId,
      text: first,
    },
  };
  if (row.category !== null) own.category = { category: row.category };
  if (row.functionName !== null) own.function_name = { function_name: row.functionName };
  if (row.jobId !== null) own.job = { job_id: row.jobId };
  if (row.taskId !== null) own.task = { task_id: row.taskId };
  if (row.traceId !== null) own.trace = { trace_id: row.traceId };
  if (row.userId !== null) own.user = { user_id: row.userId };
  if (row.stage !== null) own.stage = { stage: row.stage };
  if (row.durationMs !== null && row.durationMs > 0) own.duration = { duration_over: row.durationMs * 0.999 };
  for (const [key, value] of Object.entries(row.body.metadata ?? {})) {
    if (typeof value !== "object" || value === null) own[`field ${key}`] = { fields: { [key]: String(value) } };
  }
  return own;
}

/** How entries are kept, and found by what they are. */
export const ENTRY_CASES: readonly TelemetryCase<TelemetrySetup>[] = [
  {
    name: "property 3: any entry stored comes back with all its fields, found by each attribute that it can be searched by",
    async run({ store, expect, tenantId }) {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.gen(), fc.integer({ min: 1, max: 8 }), async (gen, count) => {
          runs += 1;
          const tenant = `${tenantId}-${runs}`;
          const rows = Array.from({ length: count }, () => gen(anyRow, tenant));
          const { firstEntryId } = await store.append(groupOf(rows.map(({ words, ...row }) => row)));
          for (const [place, row] of rows.entries()) {
            const expected = entryOf(firstEntryId + place, row);
            for (const [name, filter] of Object.entries(filtersOf(row))) {
              const query = { tenant_id: tenant, ...filter };
              const { entries } = await store.queryEntries({ ...query, order: "asc", limit: ALL });
              const own = entries.find(({ entry_id }) => entry_id === expected.entry_id);
              expect(own, name).toEqual(expected);
              const { lines } = await store.readEntryLines({ ...query, order: "asc", limit: ALL });
              expect(
                linesOf(lines).map((line) => JSON.parse(line)),
                name,
              ).toEqual(entries);
              expect(await store.tailEntries({ ...query, limit: ALL }), name).toContainEqual(expected);
              expect(await store.countEntries(query), name).toBe(entries.length);
            }
          }
        }),
        { numRuns: 20, endOnFailure: true },
      );
    },
  },
  {
    name: "numbers entries as they arrive, over groups and tenants",
    async run({ store, expect, tenantId }) {
      const { firstEntryId } = await store.append(
        groupOf([lineRow(tenantId), lineRow(`${tenantId}-other`), lineRow(tenantId)]),
      );
      const next = await store.append(groupOf([lineRow(tenantId)]));
      expect(next.firstEntryId).toBe(firstEntryId + 3);
      const own = await store.tailEntries({ tenant_id: tenantId, limit: 10 });
      expect(own.map(({ entry_id }) => entry_id - firstEntryId)).toEqual([0, 2, 3]);
    },
  },
  {
    name: "takes each source's number, and never goes back",
    async run({ store, expect, tenantId }) {
      expect(await store.readSource(tenantId)).toBe(0);
      await store.append(groupOf([], { sources: new Map([[tenantId, 7]]) }));
      await store.append(groupOf([], { sources: new Map([[tenantId, 5]]) }));
      expect(await store.readSource(tenantId)).toBe(7);
    },
  },
  {
    name: "stores a group whole or not at all, refuses those sent before that was known, and goes on",
    async run({ store, expect, tenantId }) {
      const totals = { name: "x", category: "function", count: 1, errors: 0, sketch: "no sketch" } as const;
      const durations = { duration_sum_ms: 1, duration_min_ms: 1, duration_max_ms: 1 };
      const bad = groupOf([lineRow(tenantId, { message: "bad" })], {
        totals: [{ tenantId, minuteMs: TEN_MS, totals: { ...totals, ...durations } }],
        sources: new Map([[tenantId, 1]]),
      });
      const behind = groupOf([lineRow(tenantId, { message: "behind" })], { sources: new Map([[tenantId, 2]]) });
      const sent = [store.append(bad), store.append(behind)];
      const results = await Promise.allSettled(sent);
      expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(await store.readSource(tenantId)).toBe(0);
      await store.append(groupOf([lineRow(tenantId, { message: "again" })], { sources: new Map([[tenantId, 1]]) }));
      const { entries } = await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: 10 });
      expect(entries.map(({ message }) => message)).toEqual(["again"]);
    },
  },
  {
    name: "tells exports the same entries, as lines of JSON",
    async run({ store, expect, tenantId }) {
      const rows = [
        callRow(tenantId),
        lineRow(tenantId, { message: 'a "quoted"\nline', body: { metadata: { deep: { a: [1, "ü"] } } } }),
      ];
      await store.append(groupOf(rows));
      const query = { tenant_id: tenantId, order: "asc", limit: 10 } as const;
      const { lines, count, next } = await store.readEntryLines(query);
      const { entries } = await store.queryEntries(query);
      expect(linesOf(lines).map((line) => JSON.parse(line))).toEqual(entries);
      expect({ count, next }).toEqual({ count: 2, next: null });
    },
  },
];
