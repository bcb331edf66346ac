import type { SystemSample } from "@playhead/core";
import fc from "fast-check";
import type { PruneLimits, TelemetryStore } from "../telemetry-store.ts";
import { anyCalls, appendCalls, checkRollups, type SPANS } from "./rollup-cases.ts";
import {
  ALL,
  callRow,
  DAY_MS,
  groupOf,
  HOUR_MS,
  lineRow,
  type OwnTelemetrySetup,
  TEN_MS,
  type TelemetryCase,
} from "./telemetry-case.ts";

const SAMPLE: SystemSample = {
  host: "machine",
  cpu_percent: 12.5,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  process_memory_bytes: 1,
  event_loop_delay_ms: null,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: 0,
  active_jobs: 1,
  gauges: { ffmpeg_speed_ratio: 1.5 },
};
const ALL_TIME = { fromMs: 0, toMs: Date.UTC(2100, 0) };

async function pruneAll(store: TelemetryStore, limits: PruneLimits): Promise<number> {
  let steps = 1;
  while ((await store.prune(limits)).hasMore) steps += 1;
  return steps;
}

/** What is kept: over a restart, in another zone, and until it is too old. Each case has a store of its own. */
export const KEEPING_CASES: readonly TelemetryCase<OwnTelemetrySetup>[] = [
  {
    name: "has all it stored after it was opened again, and goes on numbering",
    async run({ store, reopen, expect, tenantId }) {
      const rows = Array.from({ length: 7 }, (_, place) =>
        callRow(tenantId, { tsMs: TEN_MS + place, message: `line ${place}` }),
      );
      const { firstEntryId } = await store.append(groupOf(rows, { sources: new Map([["w", 7]]) }));
      const query = { tenant_id: tenantId, order: "asc", limit: ALL } as const;
      const before = await store.queryEntries(query);
      const again = await reopen();
      expect(await again.queryEntries(query)).toEqual(before);
      expect(await again.readSource("w")).toBe(7);
      expect((await again.append(groupOf([lineRow(tenantId)]))).firstEntryId).toBe(firstEntryId + 7);
      expect(await again.readRollups({ tenantId, span: "week", range: ALL_TIME })).toMatchObject([{ count: 7 }]);
    },
  },
  {
    name: "refuses everything once it is closed",
    async run({ store, expect, tenantId }) {
      await store.close();
      await store.close();
      const closed = { code: "service_unavailable", message: "the telemetry store is closed" };
      await expect(store.append(groupOf([lineRow(tenantId)]))).rejects.toMatchObject(closed);
      await expect(store.readSource("x")).rejects.toMatchObject(closed);
    },
  },
  {
    name: "property 5: opened in another time zone, it adds up hours and all larger spans anew",
    async run(setup) {
      let runs = 0;
      let store = setup.store;
      const zones = ["Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "UTC", "Asia/Kolkata"];
      await fc.assert(
        fc.asyncProperty(anyCalls, anyCalls, async (before, after) => {
          const tenantId = `${setup.tenantId}-${runs}`;
          const timeZone = zones[runs++ % zones.length] as string;
          const earlier = await appendCalls(store, tenantId, before);
          store = await setup.reopen({ timeZone });
          const later = await appendCalls(store, tenantId, after);
          await checkRollups({ ...setup, store, tenantId }, [...earlier, ...later], timeZone, after.ranges);
        }),
        { numRuns: 4 },
      );
    },
  },
  {
    name: "keeps samples of the machine by time",
    async run({ store, expect, tenantId }) {
      const at = (tsMs: number, source: string, tenant = tenantId) => ({
        tenantId: tenant,
        tsMs,
        source,
        sample: SAMPLE,
      });
      const samples = [at(TEN_MS + 2, "b"), at(TEN_MS, "a"), at(TEN_MS + 1, "a"), at(TEN_MS, "a", "other")];
      await store.append(groupOf([], { samples }));
      const range = { fromMs: TEN_MS, toMs: TEN_MS + 2 };
      expect(await store.readSamples({ tenantId, range, limit: 10 })).toEqual([
        { ...SAMPLE, ts: "2026-11-21T10:00:00.000Z", source: "a" },
        { ...SAMPLE, ts: "2026-11-21T10:00:00.001Z", source: "a" },
      ]);
      expect(await store.readSamples({ tenantId, range: ALL_TIME, limit: 1 })).toHaveLength(1);
    },
  },
  {
    name: "lets go of what is too old in small steps, and of nothing else",
    async run({ store, reopen, expect, tenantId }) {
      const dayRows = Array.from({ length: 40 }, (_, day) => {
        // Every third came late.
        const tsMs = TEN_MS + (day % 3 === 0 ? day - 2 : day) * DAY_MS;
        return callRow(tenantId, { tsMs, message: `day ${day}`, functionName: "probe" });
      });
      await store.append(groupOf(dayRows.slice(0, 25)));
      await store.append(groupOf(dayRows.slice(25)));
      const sampleAt = (tsMs: number) => ({ tenantId, tsMs, source: "a", sample: SAMPLE });
      await store.append(groupOf([], { samples: [sampleAt(TEN_MS), sampleAt(TEN_MS + 39 * DAY_MS)] }));
      const startAt = (day: number) =>
        callRow(tenantId, { eventType: "start", durationMs: null, spanId: `s${day}`, tsMs: TEN_MS + day * DAY_MS });
      await store.append(groupOf([startAt(1), startAt(39)]));

      const detailsBeforeMs = TEN_MS + 30 * DAY_MS;
      const summariesBeforeMs = TEN_MS + 12 * DAY_MS;
      const limits = { detailsBeforeMs, summariesBeforeMs, limit: 3 };
      expect(await pruneAll(store, limits)).toBeGreaterThan(10);
      for (const opened of [store, await reopen()]) {
        if (opened === store) continue;
        const { entries } = await opened.queryEntries({ tenant_id: tenantId, order: "asc", limit: ALL });
        const kept = dayRows.filter(({ tsMs }) => tsMs >= detailsBeforeMs).map(({ message }) => message);
        const ended = entries.filter(({ event_type }) => event_type === "complete").map(({ message }) => message);
        expect(ended.toSorted()).toEqual(kept.toSorted());
        expect(entries.filter(({ event_type }) => event_type === "start")).toMatchObject([{ span_id: "s39" }]);
        expect(await opened.countEntries({ tenant_id: tenantId, text: "day" })).toBe(kept.length);
        expect(await opened.countEntries({ tenant_id: tenantId, text: "day 5" })).toBe(0);
        expect(await opened.readSamples({ tenantId, range: ALL_TIME, limit: 10 })).toHaveLength(1);
        const read = async (span: (typeof SPANS)[number]) => {
          const rollups = await opened.readRollups({ tenantId, span, range: ALL_TIME });
          return rollups.map(({ startMs }) => startMs);
        };
        expect(Math.min(...(await read("minute")))).toBe(TEN_MS + 31 * DAY_MS);
        expect((await read("hour")).every((startMs) => startMs > summariesBeforeMs - HOUR_MS)).toBe(true);
        expect((await read("hour")).length).toBe(
          new Set(dayRows.map(({ tsMs }) => tsMs).filter((tsMs) => tsMs >= summariesBeforeMs)).size,
        );
        expect(await read("month")).toHaveLength(1);
        // What minutes are too old for is told by hours.
        const range = { fromMs: TEN_MS + 12 * DAY_MS + 1, toMs: TEN_MS + 50 * DAY_MS };
        const told = await opened.sumCalls({ tenantId, range, quantiles: [0.5] });
        expect(told.sums).toMatchObject([{ count: dayRows.filter(({ tsMs }) => tsMs >= summariesBeforeMs).length }]);
        expect(told.range.fromMs).toBe(TEN_MS + 12 * DAY_MS);
      }
    },
  },
  {
    name: "never gives an id again, also when all that had one are gone",
    async run({ store, reopen, expect, tenantId }) {
      const { firstEntryId } = await store.append(groupOf([lineRow(tenantId), lineRow(tenantId), lineRow(tenantId)]));
      await pruneAll(store, { detailsBeforeMs: TEN_MS + 1, summariesBeforeMs: 0, limit: 100 });
      expect((await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: 10 })).entries).toEqual([]);
      const again = await reopen();
      expect((await again.append(groupOf([lineRow(tenantId, { message: "new" })]))).firstEntryId).toBe(
        firstEntryId + 3,
      );
      const { entries } = await again.queryEntries({ tenant_id: tenantId, order: "desc", limit: 10, text: "new" });
      expect(entries).toHaveLength(1);
    },
  },
  {
    name: "answers the same while and after it tidies up",
    async run({ store, expect, tenantId }) {
      const rows = Array.from({ length: 60 }, (_, place) =>
        lineRow(tenantId, { tsMs: TEN_MS + place, message: `word${place % 7}` }),
      );
      for (const row of rows) await store.append(groupOf([row]));
      const pruned = await store.prune({ detailsBeforeMs: TEN_MS + 20, summariesBeforeMs: 0, limit: 1_000 });
      expect(pruned).toEqual({ entries: 20, runningCalls: 0, samples: 0, rollups: 0, hasMore: false });
      const find = async () =>
        (await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: ALL, text: "word3" })).entries;
      const before = await find();
      expect(before.length).toBe(6);
      for (let more = true; more; ) {
        more = await store.maintain();
        expect(await find()).toEqual(before);
      }
      await store.append(groupOf([lineRow(tenantId, { message: "word3", tsMs: TEN_MS + 100 })]));
      expect(await find()).toHaveLength(7);
    },
  },
];
