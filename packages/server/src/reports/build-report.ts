import type { PerformanceSummary, ReportData, ReportKind, TimeRange } from "@playhead/core";
import { type CallChange, type CallsFound, callParts } from "./call-parts.ts";
import { headlineOf } from "./headline.ts";
import { jobParts } from "./job-parts.ts";
import { type ListJobs, sumJobs } from "./job-totals.ts";
import { type PieceName, pieceNameOf } from "./piece-name.ts";
import { type ReportIdentity, type ReportQuery, told } from "./report-query.ts";
import { rangeBefore, spanOf, spansOf, wholeRange } from "./report-range.ts";

/** Where a report's numbers come from: the same readings that answer pages and the API. */
export interface ReportReadings {
  readonly listJobs: ListJobs;
  readonly sumCalls: (query: { readonly tenantId: string; readonly range: TimeRange }) => Promise<PerformanceSummary>;
  readonly compareCalls: (query: {
    readonly tenantId: string;
    readonly before: TimeRange;
    readonly after: TimeRange;
  }) => Promise<{ readonly functions: readonly CallChange[] }>;
}

/**
 * Reads all that a report tells, once; nothing is read when it is drawn.
 *
 * @throws PlayheadError `validation_error` for a range that is none
 */
export async function buildReport(
  readings: ReportReadings,
  { tenantId, kind, range: asked, timeZone, filter, title }: ReportQuery,
  { reportId, createdMs }: ReportIdentity,
): Promise<ReportData> {
  const range = wholeRange(asked);
  const before = rangeBefore(range, timeZone);
  const spans = spansOf(range, spanOf(kind, range), timeZone);
  const jobsOf = (within: TimeRange, into: readonly TimeRange[]) =>
    sumJobs(readings.listJobs, { tenantId, range: within, kinds: filter.kinds, spans: into });
  const [jobs, jobsBefore, calls] = await Promise.all([
    jobsOf(range, spans),
    jobsOf(before, []),
    readCalls(readings, { tenantId, kind, range, before, spans }),
  ]);
  const piece = pieceNameOf(jobs, jobsBefore);
  const ofJobs = jobParts(filter, jobs, jobsBefore, spans, piece);
  const ofCalls = callParts(filter, calls, spans);
  const figures = [...ofJobs.figures, ...ofCalls.figures];
  // As it was asked for: a report of up to now is of a time that is over.
  const isOver = asked.toMs <= createdMs;
  return {
    report_id: reportId,
    kind,
    title: title ?? titleOf(kind, range, timeZone),
    ...told(range),
    time_zone: timeZone,
    before: told(before),
    created_at: new Date(createdMs).toISOString(),
    filter,
    headline: headlineOf(figures, { kind, piece, isOver }),
    figures,
    charts: [...ofJobs.charts, ...ofCalls.charts],
    tables: [...ofJobs.tables, ...ofCalls.tables],
    notes: notesOf(piece, isOver),
  };
}

interface CallsAsked {
  readonly tenantId: string;
  readonly kind: ReportKind;
  readonly range: TimeRange;
  readonly before: TimeRange;
  readonly spans: readonly TimeRange[];
}

async function readCalls(readings: ReportReadings, asked: CallsAsked): Promise<CallsFound> {
  const { tenantId, kind, range, before, spans } = asked;
  const { functions: changes } = await readings.compareCalls({ tenantId, before, after: range });
  const bySpan: PerformanceSummary[] = [];
  // One after the other: others read meanwhile.
  for (const span of spans) bySpan.push(await readings.sumCalls({ tenantId, range: span }));
  if (kind !== "trend") return { changes, bySpan, halves: null };
  const middleMs = spans[Math.floor(spans.length / 2)]?.fromMs ?? range.toMs;
  const halves = { before: { ...range, toMs: middleMs }, after: { ...range, fromMs: middleMs } };
  const { functions } = await readings.compareCalls({ tenantId, ...halves });
  return { changes, bySpan, halves: functions };
}

const KIND_WORDS: Readonly<Record<ReportKind, string>> = {
  daily: "Daily summary",
  weekly: "Weekly report",
  trend: "Trends",
  custom: "Report",
};

/** Such as "Weekly report, 16–22 November 2026". */
function titleOf(kind: ReportKind, { fromMs, toMs }: TimeRange, timeZone: string): string {
  const days = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "long", year: "numeric" });
  // The last moment that is in it.
  return `${KIND_WORDS[kind]}, ${days.formatRange(fromMs, toMs - 1).replaceAll("\u2009", "")}`;
}

function notesOf(piece: PieceName, isOver: boolean): readonly string[] {
  return [
    `Jobs are counted in the period in which they ended; ${piece}s, scores and errors with their job.`,
    ...(piece === "item" ? ["Items are what jobs work off one by one: clips, videos, the parts of a merge."] : []),
    "Percentiles are off by at most 1 % of themselves. All other figures are exact.",
    ...(isOver ? [] : ["The period was not over when this was made."]),
  ];
}
