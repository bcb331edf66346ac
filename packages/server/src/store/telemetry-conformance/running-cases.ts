import type { EntryCursor } from "../telemetry-store.ts";
import { ALL, callRow, groupOf, SECOND_MS, TEN_MS, type TelemetryCase, type TelemetrySetup } from "./telemetry-case.ts";

const start = (tenantId: string, spanId: string, tsMs = TEN_MS) =>
  callRow(tenantId, { eventType: "start", durationMs: null, spanId, tsMs, sessionId: `session-of-${tenantId}` });
const end = (tenantId: string, spanId: string, tsMs = TEN_MS) =>
  callRow(tenantId, { spanId, tsMs, sessionId: `session-of-${tenantId}`, durationMs: 9_000 });

/** Calls while they run. */
export const RUNNING_CASES: readonly TelemetryCase<TelemetrySetup>[] = [
  {
    name: "shows a call while it runs, and then only its end",
    async run({ store, expect, tenantId }) {
      const read = async (filter = {}) => {
        const { entries } = await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: ALL, ...filter });
        return entries.map(({ event_type, span_id, entry_id }) => [event_type, span_id, entry_id > 0]);
      };
      await store.append(groupOf([start(tenantId, "a"), start(tenantId, "b", TEN_MS + 1)]));
      const running = ["start", "a", false];
      expect(await read()).toEqual([running, ["start", "b", false]]);
      expect(
        await read({
          text: "PROBE",
          levels: ["debug"],
          event_types: ["start"],
          range: { fromMs: TEN_MS, toMs: TEN_MS + 1 },
        }),
      ).toEqual([running]);
      for (const filter of [
        { text: "other" },
        { event_types: ["complete"] },
        { levels: ["error"] },
        { job_id: "x" },
        { tenant_id: "x" },
      ]) {
        expect(await read(filter)).toEqual([]);
      }
      expect(await store.countEntries({ tenant_id: tenantId })).toBe(2);
      expect(await store.tailEntries({ tenant_id: tenantId, limit: 10 })).toEqual([]);

      await store.append(groupOf([end(tenantId, "a")]));
      expect(await read()).toEqual([
        ["complete", "a", true],
        ["start", "b", false],
      ]);
    },
  },
  {
    name: "keeps only the end of a call that begins and ends in one group, in either order, and of another tenant's neither",
    async run({ store, expect, tenantId }) {
      const other = `${tenantId}-other`;
      await store.append(
        groupOf([
          start(other, "a"),
          start(tenantId, "a"),
          end(tenantId, "a"),
          end(tenantId, "b"),
          start(tenantId, "b"),
        ]),
      );
      const types = async (tenant: string) => {
        const { entries } = await store.queryEntries({ tenant_id: tenant, order: "asc", limit: ALL });
        return entries.map(({ event_type, span_id }) => `${event_type} ${span_id}`);
      };
      expect(await types(tenantId)).toEqual(["complete a", "complete b"]);
      expect(await types(other)).toEqual(["start a"]);
    },
  },
  {
    name: "numbers only what it keeps",
    async run({ store, expect, tenantId }) {
      const group = groupOf([start(tenantId, "a"), end(tenantId, "x"), start(tenantId, "b"), end(tenantId, "y")]);
      const { firstEntryId } = await store.append(group);
      const tail = await store.tailEntries({ tenant_id: tenantId, limit: 10 });
      expect(tail.map(({ entry_id, span_id }) => [entry_id - firstEntryId, span_id])).toEqual([
        [0, "x"],
        [1, "y"],
      ]);
    },
  },
  {
    name: "pages through calls that began at one moment",
    async run({ store, expect, tenantId }) {
      const spans = ["a", "b", "c", "d", "e"];
      await store.append(groupOf(spans.map((span) => start(tenantId, span))));
      await store.append(groupOf([end(tenantId, "f")]));
      for (const order of ["asc", "desc"] as const) {
        const seen: (string | null)[] = [];
        let after: EntryCursor | null = null;
        do {
          const query = { tenant_id: tenantId, order, limit: 2, ...(after !== null && { after }) };
          const page: Awaited<ReturnType<typeof store.queryEntries>> = await store.queryEntries(query);
          seen.push(...page.entries.map(({ span_id }) => span_id));
          after = page.next;
        } while (after !== null);
        expect(seen.toSorted()).toEqual([...spans, "f"]);
      }
    },
  },
  {
    name: "ends what runs in a session that will not come back, as errors that count",
    async run({ store, expect, tenantId }) {
      const sessionId = `session-of-${tenantId}`;
      await store.append(groupOf([start(tenantId, "a"), start(tenantId, "b", TEN_MS + 5 * SECOND_MS)]));
      const atMs = TEN_MS + 3 * SECOND_MS;
      expect(await store.endRunning({ sessionId: "nobody", atMs, reason: "gone" })).toBe(0);
      expect(await store.endRunning({ sessionId, atMs, reason: "the worker is gone" })).toBe(2);
      expect(await store.endRunning({ sessionId, atMs, reason: "again" })).toBe(0);
      const { entries } = await store.queryEntries({ tenant_id: tenantId, order: "asc", limit: ALL });
      expect(entries).toMatchObject([
        {
          event_type: "error",
          level: "error",
          span_id: "a",
          duration: 3_000,
          message: "Interrupted: the worker is gone",
        },
        {
          event_type: "error",
          span_id: "b",
          duration: 0,
          error_details: { class: "Interrupted", message: "the worker is gone" },
        },
      ]);
      const range = { fromMs: TEN_MS, toMs: TEN_MS + 60_000 };
      const { sums } = await store.sumCalls({ tenantId, range, quantiles: [] });
      expect(sums).toMatchObject([{ name: "probe", count: 2, errors: 2 }]);
    },
  },
];
