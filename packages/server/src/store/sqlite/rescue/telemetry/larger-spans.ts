import type { DatabaseSync } from "node:sqlite";
import type { Calendar } from "../../../calendar.ts";
import { SPANS } from "../../../rollup-row.ts";
import type { RollupSpan } from "../../../telemetry-store.ts";
import { prepareRows } from "../../connection.ts";

/** A larger span and those that it is the sum of. Neither weeks nor months hold the other whole. */
export const PARTS: readonly { readonly span: RollupSpan; readonly of: RollupSpan }[] = [
  { span: "hour", of: "minute" },
  { span: "day", of: "hour" },
  { span: "week", of: "day" },
  { span: "month", of: "day" },
];

/** Prepares a look at one series: the larger spans that count fewer calls than their parts. Parts may have been pruned. */
export function prepareShortSpans(db: DatabaseSync, calendar: Calendar) {
  const selectCounts = prepareRows<[number, number]>(
    db,
    "SELECT start_ms, count FROM rollups WHERE series_id = ? AND span = ?",
  );
  const countsOf = (seriesId: number, span: RollupSpan) => selectCounts(seriesId, SPANS.indexOf(span));

  return (seriesId: number, { span, of }: (typeof PARTS)[number]): ReadonlySet<number> => {
    const sums = new Map<number, number>();
    for (const [partMs, count] of countsOf(seriesId, of)) {
      const startMs = calendar.startOf(span, partMs);
      sums.set(startMs, (sums.get(startMs) ?? 0) + count);
    }
    const told = new Map(countsOf(seriesId, span));
    return new Set([...sums].filter(([startMs, sum]) => (told.get(startMs) ?? 0) < sum).map(([startMs]) => startMs));
  };
}
