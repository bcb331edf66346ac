import type { LogFilter, TimeRange } from "@playhead/core";
import { decodeSketch } from "@playhead/core";
import type { EntryCursor, EntryLines, Rollup, RollupSpan, TelemetryStore } from "../store/telemetry-store.ts";
import { type ExportFormat, formatRows, type Piece, type RowLines } from "./export-format.ts";

/** What can be exported. */
export const EXPORTS = ["logs", "executions", "performance", "samples"] as const;
/** One of {@link EXPORTS}. */
export type ExportName = (typeof EXPORTS)[number];

export interface ExportQuery {
  readonly what: ExportName;
  readonly format: ExportFormat;
  /** Also names the tenant; of `performance` and `samples`, the range counts, and for the former name and category. */
  readonly filter: LogFilter & { readonly range: TimeRange };
  /** Of `performance`. */
  readonly span: RollupSpan;
}

const ENTRY_COLUMNS = [
  "entry_id",
  "timestamp",
  "tenant_id",
  "session_id",
  "event_type",
  "level",
  "logger",
  "function_name",
  "category",
  "message",
  "duration",
  "parameters",
  "result_summary",
  "error_details",
  "memory_usage",
  "metadata",
  "job_id",
  "task_id",
  "trace_id",
  "span_id",
  "parent_span_id",
  "stage",
  "user_id",
];
const ROLLUP_COLUMNS = [
  "timestamp",
  "span",
  "category",
  "name",
  "count",
  "error_count",
  "summarized_count",
  "total_ms",
  "average_ms",
  "min_ms",
  "max_ms",
  "p50_ms",
  "p90_ms",
  "p95_ms",
  "p99_ms",
];
const SAMPLE_COLUMNS = [
  "timestamp",
  "source",
  "host",
  "cpu_percent",
  "memory_used_bytes",
  "memory_total_bytes",
  "process_memory_bytes",
  "event_loop_delay_ms",
  "disk_used_bytes",
  "disk_total_bytes",
  "temp_bytes",
  "active_jobs",
  "gauges",
];
const COLUMNS: Readonly<Record<ExportName, readonly string[]>> = {
  logs: ENTRY_COLUMNS,
  executions: ENTRY_COLUMNS,
  performance: ROLLUP_COLUMNS,
  samples: SAMPLE_COLUMNS,
};

/**
 * Entries in one page: some 20 ms of the reader's thread. Each page looks anew at what came late around it, so that small
 * ones look at most of it twice.
 */
const ENTRIES_A_PAGE = 4_000;
const SAMPLES_A_PAGE = 2_000;
/** Rollups are read for so long a time at once. */
const WINDOW_MS: Readonly<Record<RollupSpan, number>> = {
  minute: 6 * 3_600_000,
  hour: 7 * 86_400_000,
  day: 92 * 86_400_000,
  week: 366 * 86_400_000,
  month: 366 * 86_400_000,
};

type ExportStore = Pick<TelemetryStore, "readEntryLines" | "readRollups" | "readSamples">;

/** All that lies in the half-open range, oldest first, in pieces: constant memory, whatever their number. */
export function exportRows(store: ExportStore, { what, format, filter, span }: ExportQuery): AsyncIterable<Piece> {
  return formatRows(format, COLUMNS[what], rowsOf());

  function rowsOf(): RowLines {
    if (what === "performance") return rollupLines(store, filter, span);
    if (what === "samples") return sampleLines(store, filter);
    if (what === "logs") return entryLines(store, filter);
    return entryLines(store, { event_types: ["start", "complete", "error"], ...filter });
  }
}

/** While one page is on its way out, the next is read. */
async function* entryLines(store: ExportStore, filter: LogFilter): RowLines & AsyncGenerator<Buffer> {
  const read = (after: EntryCursor | null) => {
    const page = store.readEntryLines({ ...filter, order: "asc", limit: ENTRIES_A_PAGE, ...(after && { after }) });
    // Who does not ask for it any more does not hear of it either.
    page.catch(() => undefined);
    return page;
  };
  for (let page: ReturnType<typeof read> | null = read(null); page !== null; ) {
    const { lines, next }: EntryLines = await page;
    page = next === null ? null : read(next);
    yield Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
  }
}

async function* rollupLines(
  store: ExportStore,
  filter: ExportQuery["filter"],
  span: RollupSpan,
): RowLines & AsyncGenerator<string> {
  const { fromMs, toMs } = filter.range;
  const { tenant_id: tenantId, category, function_name: name } = filter;
  for (let start = fromMs; start < toMs; start += WINDOW_MS[span]) {
    const rollups = await store.readRollups({
      tenantId,
      span,
      range: { fromMs: start, toMs: Math.min(toMs, start + WINDOW_MS[span]) },
      ...(category !== undefined && { category }),
      ...(name !== undefined && { name }),
    });
    yield rollups.map((rollup) => `${JSON.stringify(rollupRow(rollup, span))}\n`).join("");
  }
}

function rollupRow(rollup: Rollup, span: RollupSpan) {
  const sketch = decodeSketch(rollup.sketch);
  // As the summary has it: what is known exactly bounds what is estimated.
  const quantile = (share: number) =>
    Math.min(rollup.durationMaxMs, Math.max(rollup.durationMinMs, sketch.quantile(share) ?? 0));
  return {
    timestamp: new Date(rollup.startMs).toISOString(),
    span,
    category: rollup.category,
    name: rollup.name,
    count: rollup.count,
    error_count: rollup.errors,
    summarized_count: rollup.summarized,
    total_ms: rollup.durationSumMs,
    average_ms: rollup.durationSumMs / rollup.count,
    min_ms: rollup.durationMinMs,
    max_ms: rollup.durationMaxMs,
    p50_ms: quantile(0.5),
    p90_ms: quantile(0.9),
    p95_ms: quantile(0.95),
    p99_ms: quantile(0.99),
  };
}

/** Samples have no cursor but their time: those of the last moment of a page may go on, and are read with the next. */
async function* sampleLines(store: ExportStore, filter: ExportQuery["filter"]): RowLines & AsyncGenerator<string> {
  const { toMs } = filter.range;
  let fromMs = filter.range.fromMs;
  let limit = SAMPLES_A_PAGE;
  for (;;) {
    const page = await store.readSamples({ tenantId: filter.tenant_id, range: { fromMs, toMs }, limit });
    const isLast = page.length < limit;
    const end = isLast ? toMs : Date.parse(page.at(-1)?.ts ?? "");
    const whole = page.filter(({ ts }) => Date.parse(ts) < end);
    yield whole.map(({ ts, ...sample }) => `${JSON.stringify({ timestamp: ts, ...sample })}\n`).join("");
    if (isLast) return;
    // All of one moment: then more of it at a time.
    limit = whole.length === 0 ? limit * 2 : SAMPLES_A_PAGE;
    fromMs = end;
  }
}
