import type { LogFilter } from "@playhead/core";
import type { EntryRow } from "../telemetry-store.ts";
import {
  ALL,
  callRow,
  groupOf,
  HOUR_MS,
  lineRow,
  SECOND_MS,
  TEN_MS,
  type TelemetryCase,
  type TelemetrySetup,
} from "./telemetry-case.ts";

/** Lines that are told apart by their messages; each question is answered with the messages of those it finds. */
const FILTERS: readonly {
  readonly name: string;
  readonly rows: (tenantId: string) => readonly EntryRow[];
  readonly asked: readonly { readonly filter: Omit<LogFilter, "tenant_id">; readonly found: readonly string[] }[];
}[] = [
  {
    name: "words, whatever their case, marks and neighbours",
    rows: (tenantId) =>
      [
        "Rendering clip_17.mp4",
        "CAFÉ crème",
        "naïve Äpfel",
        "编码失败 frame",
        "x",
        "Cache.get missed",
        "get the Cache",
      ].map((message) => lineRow(tenantId, { message })),
    asked: [
      { filter: { text: "RENDERING" }, found: ["Rendering clip_17.mp4"] },
      { filter: { text: "17 clip" }, found: ["Rendering clip_17.mp4"] },
      { filter: { text: "clip_17.mp4" }, found: ["Rendering clip_17.mp4"] },
      { filter: { text: "cafe" }, found: ["CAFÉ crème"] },
      { filter: { text: "crème Café" }, found: ["CAFÉ crème"] },
      { filter: { text: "apfel" }, found: ["naïve Äpfel"] },
      { filter: { text: "失败" }, found: ["编码失败 frame"] },
      { filter: { text: "失编" }, found: [] },
      { filter: { text: "Cache.get" }, found: ["Cache.get missed"] },
      { filter: { text: "cache get" }, found: ["Cache.get missed", "get the Cache"] },
      { filter: { text: '"get the"' }, found: ["get the Cache"] },
      { filter: { text: '"get the' }, found: ["get the Cache"] },
      { filter: { text: "rend*" }, found: ["Rendering clip_17.mp4"] },
      { filter: { text: "rend" }, found: [] },
      { filter: { text: "cache.g*" }, found: ["Cache.get missed"] },
      { filter: { text: "失*" }, found: ["编码失败 frame"] },
      { filter: { text: 'AND OR NOT NEAR("a" {x} : ^ -' }, found: [] },
    ],
  },
  {
    name: "what has no words, which does not narrow",
    rows: (tenantId) => [lineRow(tenantId, { message: "one" }), lineRow(tenantId, { message: "" })],
    asked: [
      { filter: { text: "" }, found: ["one", ""] },
      { filter: { text: ' *** "" - ' }, found: ["one", ""] },
    ],
  },
  {
    name: "words of a name and of an error, but not across them",
    rows: (tenantId) => [
      callRow(tenantId, {
        functionName: "Cache.put",
        message: "RangeError: too far",
        eventType: "error",
        body: { error_details: { class: "RangeError", message: "disk full", stack: "at hidden" } },
      }),
    ],
    asked: [
      { filter: { text: "cache put" }, found: ["RangeError: too far"] },
      { filter: { text: '"disk full" rangeerror far' }, found: ["RangeError: too far"] },
      { filter: { text: '"far cache"' }, found: [] },
      { filter: { text: "hidden" }, found: [] },
    ],
  },
  {
    name: "any of several levels and event types",
    rows: (tenantId) => [
      lineRow(tenantId, { message: "debug", level: "debug" }),
      lineRow(tenantId, { message: "error", level: "error" }),
      callRow(tenantId, { message: "failed", level: "error", eventType: "error" }),
    ],
    asked: [
      { filter: { levels: ["error", "critical"] }, found: ["error", "failed"] },
      { filter: { levels: [] }, found: [] },
      { filter: { event_types: ["log", "complete"] }, found: ["debug", "error"] },
      { filter: { event_types: [] }, found: [] },
      { filter: { levels: ["error"], event_types: ["log"] }, found: ["error"] },
    ],
  },
  {
    name: "fields by their text, at the top only, however many there are",
    rows: (tenantId) => [
      lineRow(tenantId, { message: "number", body: { metadata: { size: 17, ok: true, none: null } } }),
      lineRow(tenantId, { message: "text", body: { metadata: { size: "17", deep: { size: "17" } } } }),
      lineRow(tenantId, {
        message: "many",
        body: { metadata: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`key${at}`, at])) },
      }),
    ],
    asked: [
      { filter: { fields: { size: "17" } }, found: ["number", "text"] },
      { filter: { fields: { size: "17", ok: "true" } }, found: ["number"] },
      { filter: { fields: { none: "null" } }, found: ["number"] },
      { filter: { fields: { deep: "[object Object]" } }, found: [] },
      { filter: { fields: { key1: "1", key59: "59" } }, found: ["many"] },
      { filter: { fields: { key59: "58" } }, found: [] },
      { filter: { fields: { size: "1" } }, found: [] },
      { filter: { fields: { si: "ze=17" } }, found: [] },
    ],
  },
  {
    name: "calls that took longer",
    rows: (tenantId) =>
      [0, 0.4, 1, 4, 4.000001, 5_000, 1e12].map((durationMs) =>
        callRow(tenantId, { durationMs, message: String(durationMs) }),
      ),
    asked: [
      { filter: { duration_over: 0 }, found: ["0.4", "1", "4", "4.000001", "5000", "1000000000000"] },
      { filter: { duration_over: 0.5 }, found: ["1", "4", "4.000001", "5000", "1000000000000"] },
      { filter: { duration_over: 4 }, found: ["4.000001", "5000", "1000000000000"] },
      { filter: { duration_over: 6_000 }, found: ["1000000000000"] },
      { filter: { duration_over: 1e12 }, found: [] },
    ],
  },
  {
    name: "a range of time, from its start on and before its end",
    rows: (tenantId) => [0, 1, 2, 3].map((ms) => lineRow(tenantId, { tsMs: TEN_MS + ms, message: String(ms) })),
    asked: [
      { filter: { range: { fromMs: TEN_MS + 1, toMs: TEN_MS + 3 } }, found: ["1", "2"] },
      { filter: { range: { fromMs: TEN_MS + 1, toMs: TEN_MS + 1 } }, found: [] },
      { filter: { range: { fromMs: TEN_MS + 3, toMs: TEN_MS } }, found: [] },
      { filter: { range: { fromMs: 0, toMs: TEN_MS } }, found: [] },
    ],
  },
  {
    name: "a job, which is another thing than a session of that name",
    rows: (tenantId) => [
      lineRow(tenantId, { message: "of the job", jobId: "job", sessionId: "job" }),
      lineRow(tenantId, { message: "of a worker called so", sessionId: "job" }),
    ],
    asked: [
      { filter: { job_id: "job" }, found: ["of the job"] },
      { filter: { session_id: "job" }, found: ["of the job", "of a worker called so"] },
      { filter: { user_id: "job" }, found: [] },
    ],
  },
];

/** Which entries a filter wants. */
export const FILTER_CASES: readonly TelemetryCase<TelemetrySetup>[] = [
  ...FILTERS.map(
    ({ name, rows, asked }): TelemetryCase<TelemetrySetup> => ({
      name: `finds ${name}`,
      async run({ store, expect, tenantId }) {
        await store.append(groupOf(rows(tenantId)));
        for (const { filter, found } of asked) {
          const query = { tenant_id: tenantId, ...filter };
          const about = JSON.stringify(filter);
          const { entries } = await store.queryEntries({ ...query, order: "asc", limit: ALL });
          expect(
            entries.map(({ message }) => message),
            about,
          ).toEqual(found);
          const tail = await store.tailEntries({ ...query, limit: ALL });
          expect(
            tail.map(({ message }) => message),
            about,
          ).toEqual(found);
          expect(await store.countEntries(query), about).toBe(found.length);
        }
      },
    }),
  ),
  {
    name: "never tells of another tenant's",
    async run({ store, expect, tenantId }) {
      const other = lineRow(`${tenantId}-other`, { message: "secret", jobId: "job", functionName: "probe" });
      await store.append(groupOf([other, lineRow(tenantId, { message: "mine" })]));
      for (const filter of [{}, { text: "secret" }, { job_id: "job" }, { function_name: "probe" }]) {
        const query = { tenant_id: tenantId, ...filter };
        const { entries } = await store.queryEntries({ ...query, order: "desc", limit: ALL });
        expect(entries.filter(({ message }) => message === "secret")).toEqual([]);
        expect(await store.tailEntries({ ...query, limit: 10 })).toHaveLength(entries.length);
        expect(await store.countEntries(query)).toBe(entries.length);
      }
    },
  },
  {
    name: "puts what came late where it belongs",
    async run({ store, expect, tenantId }) {
      const at = (tsMs: number) => lineRow(tenantId, { tsMs, message: String(tsMs) });
      const live = Array.from({ length: 50 }, (_, second) => at(TEN_MS + second * SECOND_MS));
      const late = Array.from({ length: 20 }, (_, second) => at(TEN_MS - HOUR_MS + second * SECOND_MS));
      const future = at(TEN_MS + 1_000 * HOUR_MS);
      for (const rows of [live.slice(0, 25), [future], late, live.slice(25)]) await store.append(groupOf(rows));
      const { entries } = await store.queryEntries({ tenant_id: tenantId, order: "desc", limit: 60 });
      const expected = [...late, ...live, future].map(({ message }) => message).toReversed();
      expect(entries.map(({ message }) => message)).toEqual(expected.slice(0, 60));
    },
  },
];
