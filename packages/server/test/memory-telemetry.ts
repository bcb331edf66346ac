import type { LogEntry, LogFilter } from "@playhead/core";
import { logEntryOf } from "../src/store/log-entry-of.ts";
import type { SampleRow, TelemetryStore } from "../src/store/telemetry-store.ts";

export function createMemoryTelemetry(): TelemetryStore {
  let entries: LogEntry[] = [];
  const sources = new Map<string, number>();
  const running = new Map<string, LogEntry>();
  const samples: SampleRow[] = [];
  let next = 1;
  const fits = (e: LogEntry, f: LogFilter) =>
    e.tenant_id === f.tenant_id &&
    (f.range === undefined || (Date.parse(e.timestamp) >= f.range.fromMs && Date.parse(e.timestamp) < f.range.toMs)) &&
    (f.levels === undefined || f.levels.includes(e.level)) &&
    (f.event_types === undefined || f.event_types.includes(e.event_type)) &&
    (
      [
        "job_id",
        "task_id",
        "session_id",
        "trace_id",
        "function_name",
        "category",
        "logger",
        "user_id",
        "stage",
      ] as const
    ).every((k) => f[k] === undefined || e[k] === f[k]) &&
    (f.text === undefined || e.message.includes(f.text)) &&
    (f.duration_over === undefined || (e.duration ?? -1) > f.duration_over) &&
    Object.entries(f.fields ?? {}).every(([k, v]) => String(e.metadata[k]) === v);
  return {
    async append(group) {
      const firstEntryId = next;
      const ended = new Set(group.entries.filter((r) => r.eventType !== "start").map((r) => r.spanId));
      for (const row of group.entries) {
        if (row.eventType === "start") {
          if (!ended.has(row.spanId)) running.set(`${row.tenantId} ${row.spanId}`, logEntryOf(row, 0));
        } else {
          if (row.spanId !== null && row.eventType !== "log") running.delete(`${row.tenantId} ${row.spanId}`);
          entries.push(logEntryOf(row, next++));
        }
      }
      for (const s of group.samples) samples.push(s);
      for (const [s, n] of group.sources) sources.set(s, Math.max(n, sources.get(s) ?? 0));
      return { firstEntryId };
    },
    readSource: async (s) => sources.get(s) ?? 0,
    async queryEntries({ order, limit, after, ...filter }) {
      const sign = order === "asc" ? 1 : -1;
      const key = (e: LogEntry) => [Date.parse(e.timestamp), e.entry_id] as const;
      const cmp = (a: readonly [number, number], b: readonly [number, number]) => sign * (a[0] - b[0] || a[1] - b[1]);
      const all = [...entries, ...running.values()].filter((e) => fits(e, filter)).sort((a, b) => cmp(key(a), key(b)));
      const rest = after === undefined ? all : all.filter((e) => cmp(key(e), [after.tsMs, after.entryId]) > 0);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page,
        next: rest.length > limit && last ? { tsMs: key(last)[0], entryId: key(last)[1] } : null,
      };
    },
    async tailEntries({ after, before, limit, ...filter }) {
      const all = entries.filter(
        (e) => fits(e, filter) && e.entry_id > (after ?? 0) && e.entry_id < (before ?? Number.MAX_SAFE_INTEGER),
      );
      return before === undefined ? all.slice(0, limit) : all.slice(-limit);
    },
    async readEntryLines(query) {
      const { entries: found, next } = await this.queryEntries(query);
      return { lines: found.map((e) => `${JSON.stringify(e)}\n`).join(""), count: found.length, next };
    },
    sumCalls: async ({ range }) => ({ range, sums: [] }),
    sumCallsBySpan: async () => [],
    maintain: async () => false,
    countEntries: async (filter) => entries.filter((e) => fits(e, filter)).length,
    readRollups: async () => [],
    readSamples: async ({ tenantId, range, limit }) =>
      samples
        .filter((s) => s.tenantId === tenantId && s.tsMs >= range.fromMs && s.tsMs < range.toMs)
        .slice(0, limit)
        .map((s) => ({ ...s.sample, ts: new Date(s.tsMs).toISOString(), source: s.source })),
    async endRunning({ sessionId, reason }) {
      let n = 0;
      for (const [k, e] of running)
        if (e.session_id === sessionId) {
          running.delete(k);
          entries.push({ ...e, entry_id: next++, event_type: "error", level: "error", message: reason });
          n++;
        }
      return n;
    },
    prune: async () => false,
    close: async () => {
      entries = [];
    },
  };
}
