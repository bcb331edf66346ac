import type { CallFigures } from "@playhead/core";
import type { Comparison } from "./performance-api.ts";
import type { FunctionsSort, PerformanceView, SortField } from "./performance-view.ts";

/** One function of the list: it was called within the range. */
export interface FunctionRow extends Comparison {
  readonly after: CallFigures;
  /** Its part of all that was spent, 0..1. */
  readonly share: number;
}

const FIELDS: Readonly<Record<Exclude<SortField, "name">, (row: FunctionRow) => number>> = {
  count: ({ after }) => after.count,
  errors: ({ after }) => after.error_count,
  p50: ({ after }) => after.p50_ms,
  p95: ({ after }) => after.p95_ms,
  p99: ({ after }) => after.p99_ms,
  total: ({ after }) => after.total_ms,
  change: ({ average_change }) => average_change ?? 0,
};

/** The functions that a view shows, in its order. Shares are of all that are listed. */
export function functionRows(
  functions: readonly Comparison[],
  { category, text, sort }: Pick<PerformanceView, "category" | "text" | "sort">,
): readonly FunctionRow[] {
  const wanted = text.trim().toLowerCase();
  const shown = functions.flatMap((each) => {
    const isShown =
      (category === null || each.category === category) && (wanted === "" || each.name.toLowerCase().includes(wanted));
    return each.after !== null && isShown ? [{ ...each, after: each.after }] : [];
  });
  const totalMs = shown.reduce((sum, { after }) => sum + after.total_ms, 0);
  const rows = shown.map((each) => ({ ...each, share: totalMs === 0 ? 0 : each.after.total_ms / totalMs }));
  return rows.sort(ordering(sort));
}

function ordering({ by, order }: FunctionsSort): (a: FunctionRow, b: FunctionRow) => number {
  const direction = order === "asc" ? 1 : -1;
  const byName = (a: FunctionRow, b: FunctionRow) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (by === "name") return (a, b) => direction * byName(a, b);
  const value = FIELDS[by];
  return (a, b) => direction * (value(a) - value(b)) || byName(a, b);
}
