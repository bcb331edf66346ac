import type {
  ExecutionCategory,
  ExecutionTotals,
  JsonObject,
  LogEntry,
  LogEventType,
  LogFilter,
  LogLevel,
  SystemSample,
  TimeRange,
} from "@playhead/core";

/** An entry on its way into the store, which gives it its `entry_id`. */
export interface EntryRow {
  readonly tenantId: string;
  /** Of a call its start. */
  readonly tsMs: number;
  readonly eventType: LogEventType;
  readonly level: LogLevel;
  readonly logger: string;
  readonly category: ExecutionCategory | null;
  readonly functionName: string | null;
  readonly message: string;
  readonly durationMs: number | null;
  readonly sessionId: string;
  readonly jobId: string | null;
  readonly taskId: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
  readonly stage: string | null;
  readonly userId: string | null;
  readonly memoryBytes: number | null;
  readonly body: {
    readonly parameters?: JsonObject;
    readonly result_summary?: string;
    readonly error_details?: JsonObject;
    readonly metadata?: JsonObject;
  };
}

/** Calls that were counted, of one minute. */
export interface TotalsRow {
  readonly tenantId: string;
  /** The start of a minute. */
  readonly minuteMs: number;
  readonly totals: ExecutionTotals;
}

export interface SampleRow {
  readonly tenantId: string;
  readonly source: string;
  readonly tsMs: number;
  readonly sample: SystemSample;
}

/** What one transaction stores: all of it, or nothing. */
export interface TelemetryGroup {
  /**
   * In the order of arrival. One of type `start` is kept apart, as running, until an entry that tells of its end (same
   * tenant and span) takes its place; when both are in one group, only the end is kept.
   */
  readonly entries: readonly EntryRow[];
  readonly totals: readonly TotalsRow[];
  readonly samples: readonly SampleRow[];
  /** The highest `n` taken from each source. */
  readonly sources: ReadonlyMap<string, number>;
}

export interface EntriesQuery extends LogFilter {
  /** By timestamp, then by entry_id. */
  readonly order: "asc" | "desc";
  readonly limit: number;
  /** From the page before. */
  readonly after?: EntryCursor;
}

/** Where a page ended. Stable: what arrives later never shifts what is before it. */
export interface EntryCursor {
  readonly tsMs: number;
  readonly entryId: number;
}

export interface EntriesPage {
  readonly entries: readonly LogEntry[];
  /** Null on the last page. */
  readonly next: EntryCursor | null;
}

/** Entries in the order of their arrival, for tails: those after an id, oldest first; or the newest before one, still oldest first. */
export interface TailQuery extends LogFilter {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

/** The lengths of time that are summed up. Weeks are those of ISO 8601; all but minutes lie in the configured time zone. */
export type RollupSpan = "minute" | "hour" | "day" | "week" | "month";

export interface RollupsQuery {
  readonly tenantId: string;
  readonly span: RollupSpan;
  /** Rollups whose start lies in it. */
  readonly range: TimeRange;
  readonly category?: ExecutionCategory;
  readonly name?: string;
}

/** What the calls of one name within one span add up to. Counts, sums and extremes are exact. */
export interface Rollup {
  readonly startMs: number;
  readonly category: ExecutionCategory;
  readonly name: string;
  readonly count: number;
  /** How many of them failed. */
  readonly errors: number;
  /** How many of them were counted without an entry of their own. */
  readonly summarized: number;
  readonly durationSumMs: number;
  readonly durationMinMs: number;
  readonly durationMaxMs: number;
  /** Encoded, of the durations in milliseconds. */
  readonly sketch: string;
}

export interface CallSumsQuery {
  readonly tenantId: string;
  readonly range: TimeRange;
  readonly category?: ExecutionCategory;
  readonly name?: string;
  /** Shares, 0..1. */
  readonly quantiles: readonly number[];
}

/** What calls add up to. Counts, sums and extremes are exact. */
export interface CallSum {
  readonly count: number;
  readonly errors: number;
  /** How many of them were counted without an entry of their own. */
  readonly summarized: number;
  readonly durationSumMs: number;
  readonly durationMinMs: number;
  readonly durationMaxMs: number;
  /** In the order in which they were asked for, each within core's `SKETCH_RELATIVE_ERROR`. */
  readonly quantilesMs: readonly number[];
  /** In ms², from the sketch: good for telling noise from change. */
  readonly durationVariance: number;
}

export interface NamedCallSum extends CallSum {
  readonly category: ExecutionCategory;
  readonly name: string;
}

/** The calls of one span, of all names asked for. */
export interface SpanCallSum extends CallSum {
  readonly startMs: number;
  readonly endMs: number;
}

export interface MediansQuery extends RollupsQuery {
  /** At most so many spans of each name, the newest. */
  readonly limit: number;
}

/** How long calls of one name took in the middle, span by span. */
export interface NamedMedians {
  readonly category: ExecutionCategory;
  readonly name: string;
  /** Oldest first; spans without calls are left out. Each within core's `SKETCH_RELATIVE_ERROR`. */
  readonly points: readonly { readonly startMs: number; readonly count: number; readonly medianMs: number }[];
}

/** Entries as lines of JSON, made where they are read: for exports of any size. */
export interface EntryLines {
  /** One LogEntry a line, each ended by a line feed; UTF-8. */
  readonly lines: Uint8Array;
  readonly count: number;
  /** Null at the end. */
  readonly next: EntryCursor | null;
}

export interface PruneLimits {
  /** Entries, running calls, samples and the minute rollups of hours that end before this go. */
  readonly detailsBeforeMs: number;
  /** All other rollups that end before this go. */
  readonly summariesBeforeMs: number;
  /** At most so many rows in one step. */
  readonly limit: number;
}

/** How much went in one step. */
export interface PrunedTelemetry {
  /** Lines and calls. */
  readonly entries: number;
  /** Calls that began and were never heard of again. */
  readonly runningCalls: number;
  readonly samples: number;
  /** Spans of one function each. */
  readonly rollups: number;
  /** Whether there may be more to do. */
  readonly hasMore: boolean;
}

/**
 * Keeps log entries, executions, samples of the machine, and what they add up to. Two engines, one conformance suite
 * (`telemetry-conformance.ts`). All methods throw PlayheadError as those of `Store` do.
 */
export interface TelemetryStore {
  /** Stores a group durably, its rollups in the same transaction; in the order of the calls, like `Store.commit`. */
  append(group: TelemetryGroup): Promise<{
    /** Of the first entry that is not of type `start`; the others count on from it. */
    readonly firstEntryId: number;
  }>;
  /** The highest `n` that was taken from a source; 0 for an unknown one. */
  readSource(source: string): Promise<number>;
  /** Running calls included, where they match. */
  queryEntries(query: EntriesQuery): Promise<EntriesPage>;
  /** The same pages as text that nobody has to parse: a few thousand entries at a time, and the next with `after`. */
  readEntryLines(query: EntriesQuery): Promise<EntryLines>;
  /** Without running calls. */
  tailEntries(query: TailQuery): Promise<readonly LogEntry[]>;
  countEntries(filter: LogFilter): Promise<number>;
  readRollups(query: RollupsQuery): Promise<readonly Rollup[]>;
  /** By name, over a range of any length: which it was widened to says `range`. */
  sumCalls(query: CallSumsQuery): Promise<{ readonly range: TimeRange; readonly sums: readonly NamedCallSum[] }>;
  /** All names in one, span by span, oldest first: the spans that lie in the range or reach into it, and had calls. */
  sumCallsBySpan(query: CallSumsQuery & { readonly span: RollupSpan }): Promise<readonly SpanCallSum[]>;
  /** Half of the calls of each span took no longer; by name, of those that were called. For trends. */
  readMedians(query: MediansQuery): Promise<readonly NamedMedians[]>;
  /** Oldest first. */
  readSamples(query: {
    readonly tenantId: string;
    readonly range: TimeRange;
    readonly limit: number;
  }): Promise<readonly (SystemSample & { readonly ts: string; readonly source: string })[]>;
  /** Ends the running calls of a source or a job that will not come back: each becomes an entry of type `error`. */
  endRunning(which: { readonly sessionId: string; readonly atMs: number; readonly reason: string }): Promise<number>;
  /** One small step of letting go of what is too old. To be called until there is no more to do. */
  prune(limits: PruneLimits): Promise<PrunedTelemetry>;
  /** One small step of tidying up: makes text search quicker, gives room back. @returns whether there is more to do */
  maintain(): Promise<boolean>;
  /** Ends after everything appended is durable. */
  close(): Promise<void>;
}
