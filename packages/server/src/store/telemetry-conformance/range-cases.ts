import type { LogEntry, LogFilter } from "@playhead/core";
import fc from "fast-check";
import type { EntriesQuery, EntryCursor, EntryRow, TelemetryStore } from "../telemetry-store.ts";
import {
  callRow,
  groupOf,
  lineRow,
  linesOf,
  TEN_MS,
  type TelemetryCase,
  type TelemetrySetup,
} from "./telemetry-case.ts";

/** Most in the order of time, some late, some at the same moment, some with a clock that is wrong. */
const anyTimes = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 30 }).map((behind) => ({ step: 5, behind })) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2_000 }).map((behind) => ({ step: 0, behind })) },
    { weight: 1, arbitrary: fc.constant({ step: 0, behind: -1_000 }) },
  ),
  { minLength: 1, maxLength: 120 },
);

const LEVELS = ["debug", "info", "warning", "error"] as const;

function rowsOf(
  tenantId: string,
  times: readonly { readonly step: number; readonly behind: number }[],
): readonly EntryRow[] {
  let nowMs = TEN_MS;
  return times.map(({ step, behind }, place) => {
    nowMs += step;
    const level = LEVELS[(place * 7) % LEVELS.length] as (typeof LEVELS)[number];
    const more = { tsMs: nowMs - behind, level, message: `line ${place % 3} of ${place}`, jobId: `job${place % 4}` };
    return place % 5 === 0 ? callRow(tenantId, { ...more, durationMs: place }) : lineRow(tenantId, more);
  });
}

/** The filters, and what they mean of rows. */
const FILTERS: readonly {
  readonly filter: Omit<LogFilter, "tenant_id">;
  readonly wants: (row: EntryRow) => boolean;
}[] = [
  { filter: {}, wants: () => true },
  { filter: { levels: ["error", "warning"] }, wants: ({ level }) => level === "error" || level === "warning" },
  { filter: { job_id: "job2" }, wants: ({ jobId }) => jobId === "job2" },
  { filter: { text: "line 1" }, wants: ({ message }) => message.split(" ").includes("1") },
  { filter: { duration_over: 30 }, wants: ({ durationMs }) => (durationMs ?? 0) > 30 },
  {
    filter: { text: '"1 of"', levels: ["info"] },
    wants: ({ level, message }) => level === "info" && message.includes("line 1 of"),
  },
];

/** All pages of a query, one after the other. */
async function readPages(store: TelemetryStore, query: Omit<EntriesQuery, "after">): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  let after: EntryCursor | null = null;
  do {
    const page: Awaited<ReturnType<TelemetryStore["queryEntries"]>> = await store.queryEntries({
      ...query,
      ...(after !== null && { after }),
    });
    all.push(...page.entries);
    after = page.next;
  } while (after !== null);
  return all;
}

/** The same by the lines that exports are made of. */
async function readLines(store: TelemetryStore, query: Omit<EntriesQuery, "after">): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  let after: EntryCursor | null = null;
  do {
    const page: Awaited<ReturnType<TelemetryStore["readEntryLines"]>> = await store.readEntryLines({
      ...query,
      ...(after !== null && { after }),
    });
    const lines = linesOf(page.lines);
    if (lines.length !== page.count) throw new RangeError(`expected ${page.count} lines, got ${lines.length}`);
    all.push(...lines.map((line) => JSON.parse(line)));
    after = page.next;
  } while (after !== null);
  return all;
}

/** Entries by time, page by page. */
export const RANGE_CASES: readonly TelemetryCase<TelemetrySetup>[] = [
  {
    name: "property 9: a range of time gives all entries in it and only those, in order, whatever the pages, the filter, and how late they came",
    async run({ store, expect, tenantId }) {
      let runs = 0;
      const anyMoment = fc.integer({ min: TEN_MS - 2_100, max: TEN_MS + 1_700 });
      await fc.assert(
        fc.asyncProperty(
          anyTimes,
          fc.array(fc.tuple(anyMoment, anyMoment), { minLength: 1, maxLength: 4 }),
          fc.integer({ min: 1, max: 40 }),
          fc.integer({ min: 1, max: 50 }),
          async (times, ranges, limit, groupSize) => {
            const tenant = `${tenantId}-${runs++}`;
            const rows = rowsOf(tenant, times);
            const ids: number[] = [];
            for (let from = 0; from < rows.length; from += groupSize) {
              const group = rows.slice(from, from + groupSize);
              const { firstEntryId } = await store.append(groupOf(group));
              ids.push(...group.map((_, place) => firstEntryId + place));
            }
            const stored = rows.map((row, place) => ({ row, id: ids[place] as number }));
            for (const [place, [fromMs, toMs]] of ranges.entries()) {
              const { filter, wants } = FILTERS[(runs + place) % FILTERS.length] as (typeof FILTERS)[number];
              const expected = stored
                .filter(({ row }) => row.tsMs >= fromMs && row.tsMs < toMs && wants(row))
                .sort((a, b) => a.row.tsMs - b.row.tsMs || a.id - b.id)
                .map(({ id }) => id);
              const query = { tenant_id: tenant, range: { fromMs, toMs }, ...filter };
              const idsOf = (entries: readonly LogEntry[]) => entries.map(({ entry_id }) => entry_id);
              expect(idsOf(await readPages(store, { ...query, order: "asc", limit }))).toEqual(expected);
              expect(idsOf(await readPages(store, { ...query, order: "desc", limit }))).toEqual(expected.toReversed());
              expect(await store.countEntries(query)).toBe(expected.length);
              expect(await readLines(store, { ...query, order: "asc", limit })).toEqual(
                await readPages(store, { ...query, order: "asc", limit }),
              );
              expect(idsOf(await store.tailEntries({ ...query, limit: 1_000 }))).toEqual(
                expected.toSorted((a, b) => a - b),
              );
            }
          },
        ),
        { numRuns: 25 },
      );
    },
  },
  {
    name: "a page's end stays where it is, whatever arrives meanwhile",
    async run({ store, expect, tenantId }) {
      const at = (second: number) => lineRow(tenantId, { tsMs: TEN_MS + second * 1_000, message: String(second) });
      await store.append(groupOf([1, 2, 3, 4, 5, 6].map(at)));
      const query = { tenant_id: tenantId, order: "desc", limit: 2 } as const;
      const first = await store.queryEntries(query);
      await store.append(groupOf([at(7), at(0), at(5.5), at(4.5)]));
      const second = await store.queryEntries({ ...query, after: first.next as EntryCursor });
      const third = await store.queryEntries({ ...query, limit: 10, after: second.next as EntryCursor });
      const messages = [first, second, third].map(({ entries }) => entries.map(({ message }) => message));
      expect(messages).toEqual([
        ["6", "5"],
        ["4.5", "4"],
        ["3", "2", "1", "0"],
      ]);
      expect(third.next).toBeNull();
    },
  },
  {
    name: "has a next page only where there is something on it",
    async run({ store, expect, tenantId }) {
      await store.append(groupOf([1, 2].map((ms) => lineRow(tenantId, { tsMs: TEN_MS + ms }))));
      const query = { tenant_id: tenantId, order: "asc" } as const;
      expect((await store.queryEntries({ ...query, limit: 2 })).next).toBeNull();
      expect((await store.queryEntries({ ...query, limit: 1 })).next).not.toBeNull();
      expect(await store.queryEntries({ ...query, limit: 0 })).toEqual({ entries: [], next: null });
      expect((await store.queryEntries({ ...query, tenant_id: "nobody", limit: 1 })).entries).toEqual([]);
    },
  },
  {
    name: "tails in the order of arrival, from either end",
    async run({ store, expect, tenantId }) {
      const rows = Array.from({ length: 30 }, (_, place) => {
        return lineRow(tenantId, { tsMs: TEN_MS - place, level: place % 3 === 0 ? "error" : "info" });
      });
      const { firstEntryId: first } = await store.append(groupOf(rows));
      const tail = async (query: object) =>
        (await store.tailEntries({ tenant_id: tenantId, limit: 4, ...query })).map(({ entry_id }) => entry_id - first);
      expect(await tail({})).toEqual([0, 1, 2, 3]);
      expect(await tail({ after: first + 26 })).toEqual([27, 28, 29]);
      expect(await tail({ before: Number.MAX_SAFE_INTEGER })).toEqual([26, 27, 28, 29]);
      expect(await tail({ before: first + 2 })).toEqual([0, 1]);
      expect(await tail({ levels: ["error"], before: first + 27 })).toEqual([15, 18, 21, 24]);
      expect(await tail({ levels: ["error"], after: first })).toEqual([3, 6, 9, 12]);
      expect(await tail({ after: first + 3, before: first + 9, limit: 3 })).toEqual([6, 7, 8]);
    },
  },
];
