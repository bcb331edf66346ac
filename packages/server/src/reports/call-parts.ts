import {
  CALL_METRICS,
  type CallFigures,
  type CallMetric,
  type NamedFigures,
  type PerformanceSummary,
  type ReportChart,
  type ReportColumn,
  type ReportFigure,
  type ReportFilter,
  type ReportTable,
  type ReportUnit,
  type TimeRange,
} from "@playhead/core";
import type { ReportParts } from "./job-parts.ts";
import { growth, told, wants } from "./report-query.ts";

/** How calls of one name differ between two ranges, as `GET /performance/compare` answers. */
export interface CallChange {
  readonly category: string;
  readonly name: string;
  readonly before: CallFigures | null;
  readonly after: CallFigures | null;
  readonly average_change: number | null;
  readonly p95_change: number | null;
  readonly p_value: number | null;
  readonly is_significant: boolean;
}

/** What was read of calls. */
export interface CallsFound {
  /** Of the report's range, of all functions. */
  readonly changes: readonly CallChange[];
  /** For each of the report's spans. */
  readonly bySpan: readonly PerformanceSummary[];
  /** The first half of the range and the second, where a trend is asked for. */
  readonly halves: readonly CallChange[] | null;
}

/** So many lines can be told apart. */
const CHART_LINES = 5;
/** Of more functions, a table is no help: the export has all. */
const MOST_ROWS = 1_000;

const LABELS: Readonly<Record<CallMetric, { readonly label: string; readonly unit: ReportUnit }>> = {
  count: { label: "Calls", unit: "count" },
  error_rate: { label: "Failed", unit: "ratio" },
  average_ms: { label: "Average", unit: "ms" },
  p50_ms: { label: "p50", unit: "ms" },
  p95_ms: { label: "p95", unit: "ms" },
  p99_ms: { label: "p99", unit: "ms" },
  max_ms: { label: "Longest", unit: "ms" },
  total_ms: { label: "In all", unit: "ms" },
};

/** What a report tells of calls. */
export function callParts(filter: ReportFilter, calls: CallsFound, spans: readonly TimeRange[]): ReportParts {
  const metrics = CALL_METRICS.filter((metric) => wants(filter.metrics, metric));
  if (metrics.length === 0) return { figures: [], charts: [], tables: [] };
  const isWanted = ({ name }: { readonly name: string }) => wants(filter.functions, name);
  const changes = calls.changes.filter(isWanted);
  const now = changes.filter(({ after }) => after !== null).sort(byTotal);
  const bySpan = calls.bySpan.map(({ functions }) => functions.filter(isWanted));
  const lines = metrics.filter((metric) => metric !== "count" && metric !== "error_rate");
  const drawn = filter.metrics === null ? lines.filter((metric) => metric === "p95_ms") : lines;
  return {
    figures: figuresOf(metrics, changes),
    charts: [
      ...(metrics.includes("count") || metrics.includes("error_rate") ? [countChart(bySpan, spans)] : []),
      ...drawn.map((metric) => lineChart(metric, now.slice(0, CHART_LINES), bySpan, spans)),
    ],
    tables: [
      functionsTable(metrics, now),
      ...(calls.halves === null ? [] : [trendTable(calls.halves.filter(isWanted))]),
    ],
  };
}

function byTotal(one: CallChange, other: CallChange): number {
  return (other.after?.total_ms ?? 0) - (one.after?.total_ms ?? 0) || (keyOf(one) < keyOf(other) ? -1 : 1);
}

const keyOf = ({ category, name }: Pick<CallChange, "category" | "name">) => `${category} ${name}`;

function figuresOf(metrics: readonly CallMetric[], changes: readonly CallChange[]): readonly ReportFigure[] {
  const sum = (side: "before" | "after", of: (figures: CallFigures) => number) =>
    changes.reduce((total, change) => total + (change[side] === null ? 0 : of(change[side])), 0);
  const figureOf = (id: string, label: string, unit: ReportUnit, of: (side: "before" | "after") => number | null) => {
    const [value, before] = [of("after"), of("before")];
    const better = id === "calls" ? null : "lower";
    return { id, label, unit, value, before, change: growth(before, value), better } as const;
  };
  const countOf = (side: "before" | "after") => sum(side, ({ count }) => count);
  const rateOf = (side: "before" | "after") => {
    const count = countOf(side);
    return count === 0 ? null : sum(side, ({ error_count }) => error_count) / count;
  };
  return [
    ...(metrics.includes("count") ? [figureOf("calls", "Calls", "count", countOf)] : []),
    ...(metrics.includes("error_rate") ? [figureOf("calls_failed", "Calls failed", "ratio", rateOf)] : []),
  ];
}

function countChart(bySpan: readonly (readonly NamedFigures[])[], spans: readonly TimeRange[]): ReportChart {
  const sum = (functions: readonly NamedFigures[], of: (figures: NamedFigures) => number) =>
    functions.reduce((total, each) => total + of(each), 0);
  return {
    ...{ id: "calls", title: "Calls", drawn: "bars", unit: "count", spans: spans.map(told) },
    series: [
      {
        ...{ id: "calls_good", label: "Succeeded" },
        values: bySpan.map((functions) => sum(functions, ({ count, error_count }) => count - error_count)),
      },
      {
        ...{ id: "calls_failed", label: "Failed" },
        values: bySpan.map((functions) => sum(functions, ({ error_count }) => error_count)),
      },
    ],
  };
}

function lineChart(
  metric: CallMetric,
  functions: readonly CallChange[],
  bySpan: readonly (readonly NamedFigures[])[],
  spans: readonly TimeRange[],
): ReportChart {
  const { label, unit } = LABELS[metric];
  const places = bySpan.map((found) => new Map(found.map((each) => [keyOf(each), each])));
  const names = new Set(functions.map(({ name }) => name));
  const isAlone = names.size === functions.length;
  return {
    id: `functions_${metric}`,
    title: `${label} of the functions that took most time`,
    ...{ drawn: "lines", unit, spans: spans.map(told) },
    series: functions.map((each) => ({
      id: keyOf(each),
      label: isAlone ? each.name : keyOf(each),
      values: places.map((found) => found.get(keyOf(each))?.[metric] ?? null),
    })),
  };
}

function functionsTable(metrics: readonly CallMetric[], now: readonly CallChange[]): ReportTable {
  const shown = now.slice(0, MOST_ROWS);
  const tellsChange = metrics.includes("average_ms") || metrics.includes("p95_ms");
  const columns: readonly ReportColumn[] = [
    { id: "category", label: "Category", unit: "text" },
    { id: "name", label: "Function", unit: "text" },
    ...metrics.map((metric) => ({ id: metric, ...LABELS[metric] })),
    ...(tellsChange ? [{ id: "change", label: "Change", unit: "change" } as const] : []),
  ];
  return {
    ...{
      id: "functions",
      title: "Functions",
      empty: "Nothing was called.",
      columns,
      omitted: now.length - shown.length,
    },
    rows: shown.map(({ category, name, after, average_change, p95_change }) => [
      category,
      name,
      ...metrics.map((metric) => after?.[metric] ?? null),
      ...(tellsChange ? [metrics.includes("average_ms") ? average_change : p95_change] : []),
    ]),
  };
}

/** The most changed first. */
function trendTable(halves: readonly CallChange[]): ReportTable {
  const size = ({ average_change }: CallChange) => Math.abs(average_change ?? 0);
  const sorted = halves.toSorted((a, b) => size(b) - size(a) || (keyOf(a) < keyOf(b) ? -1 : 1));
  const shown = sorted.slice(0, MOST_ROWS);
  return {
    ...{ id: "trend", title: "From the first half to the second", empty: "Nothing was called." },
    columns: [
      { id: "category", label: "Category", unit: "text" },
      { id: "name", label: "Function", unit: "text" },
      { id: "first_average_ms", label: "First half", unit: "ms" },
      { id: "second_average_ms", label: "Second half", unit: "ms" },
      { id: "average_change", label: "Change", unit: "change" },
      { id: "p_value", label: "By chance", unit: "ratio" },
      { id: "verdict", label: "Verdict", unit: "text" },
    ],
    rows: shown.map((each) => [
      each.category,
      each.name,
      each.before?.average_ms ?? null,
      each.after?.average_ms ?? null,
      each.average_change,
      each.p_value,
      verdictOf(each),
    ]),
    omitted: sorted.length - shown.length,
  };
}

function verdictOf({ before, after, average_change, p_value, is_significant }: CallChange): string {
  if (before === null) return "new";
  if (after === null) return "not called any more";
  if (p_value === null || average_change === null) return "too few calls to tell";
  if (!is_significant) return "steady";
  return average_change > 0 ? "slower" : "faster";
}
