import { setImmediate } from "node:timers/promises";
import { type ExecutionCategory, sumEncoded } from "@playhead/core";
import type { CallTotals } from "../../rollup-deltas.ts";
import type { RollupPiece } from "../../rollup-plan.ts";
import { SPANS } from "../../rollup-row.ts";
import type { RollupSpan } from "../../telemetry-store.ts";
import type { Session } from "../postgres-database.ts";
import { IS_WANTED, nameOf, type SeriesRecord, seriesValues, type WhichSeries } from "./call-series.ts";
import type { RollupRecord } from "./rollup-record.ts";

/** What the rollups of one name add up to. */
export interface SeriesSum {
  readonly category: ExecutionCategory;
  readonly name: string;
  readonly totals: CallTotals;
}

/** The starts of the first and the last rollup of a span; null where there is none. */
export async function readBounds(
  session: Session,
  which: WhichSeries,
  span: RollupSpan,
): Promise<{ readonly firstMs: number; readonly lastMs: number } | null> {
  const start = (order: "ASC" | "DESC") =>
    `(SELECT start_ms FROM playhead.call_rollups AS rollups
      WHERE rollups.series_id = series.series_id AND span = $4 ORDER BY start_ms ${order} LIMIT 1)`;
  const { rows } = await session.query<{ first: number | null; last: number | null }>(
    `SELECT min(${start("ASC")}) AS first, max(${start("DESC")}) AS last FROM playhead.call_series AS series
     WHERE ${IS_WANTED}`,
    [...seriesValues(which), SPANS.indexOf(span)],
  );
  const { first, last } = rows[0] ?? { first: null, last: null };
  return first === null || last === null ? null : { firstMs: first, lastMs: last };
}

/** So many sketches' texts are about a millisecond's adding up. */
const TEXT_AT_ONCE = 100_000;

const SUMS = `sum(count)::bigint AS count, sum(errors)::bigint AS errors, sum(summarized)::bigint AS summarized,
  sum(sum_ms) AS sum_ms, min(min_ms) AS min_ms, max(max_ms) AS max_ms, string_agg(sketch, ' ') AS sketch`;

/** By name; those without a rollup in any of the pieces are left out. A row comes for each name, with all its sketches. */
export async function readSums(
  session: Session,
  which: WhichSeries,
  plan: readonly RollupPiece[],
): Promise<readonly SeriesSum[]> {
  if (plan.length === 0) return [];
  const { rows } = await session.query<SeriesRecord & RollupRecord>(
    `SELECT category, name, sums.* FROM playhead.call_series AS series CROSS JOIN LATERAL (
       SELECT ${SUMS}
       FROM unnest($4::smallint[], $5::bigint[], $6::bigint[]) AS pieces (in_span, from_ms, to_ms)
       JOIN playhead.call_rollups AS rollups
         ON rollups.series_id = series.series_id AND span = in_span AND start_ms >= from_ms AND start_ms < to_ms
     ) AS sums WHERE ${IS_WANTED} AND sums.count > 0 ORDER BY name, category`,
    [
      ...seriesValues(which),
      plan.map(({ span }) => SPANS.indexOf(span)),
      plan.map(({ range }) => range.fromMs),
      plan.map(({ range }) => range.toMs),
    ],
  );
  return await inTurns(rows, (row) => ({ ...nameOf(row), totals: totalsOf(row) }));
}

/** What the rollups of all names asked for add up to, span by span, oldest first. */
export async function readSpanSums(
  session: Session,
  which: WhichSeries,
  { span, range }: RollupPiece,
): Promise<readonly { readonly startMs: number; readonly totals: CallTotals }[]> {
  const { rows } = await session.query<RollupRecord & { start_ms: number }>(
    `SELECT start_ms, ${SUMS} FROM playhead.call_series AS series
     JOIN playhead.call_rollups AS rollups ON rollups.series_id = series.series_id
     WHERE ${IS_WANTED} AND span = $4 AND start_ms >= $5 AND start_ms < $6 GROUP BY start_ms ORDER BY start_ms`,
    [...seriesValues(which), SPANS.indexOf(span), range.fromMs, range.toMs],
  );
  return await inTurns(rows, (row) => ({ startMs: row.start_ms, totals: totalsOf(row) }));
}

/** Adds up row by row, so that others get their turn. */
async function inTurns<Row extends RollupRecord, Sum>(rows: readonly Row[], sumOf: (row: Row) => Sum): Promise<Sum[]> {
  const sums: Sum[] = [];
  let read = 0;
  for (const row of rows) {
    sums.push(sumOf(row));
    read += row.sketch.length;
    if (read < TEXT_AT_ONCE) continue;
    await setImmediate();
    read = 0;
  }
  return sums;
}

/** Figures are exact; of a sketch that is damaged, percentiles go by as much as can be read. */
function totalsOf({ count, errors, summarized, sum_ms, min_ms, max_ms, sketch }: RollupRecord): CallTotals {
  return { count, errors, summarized, sumMs: sum_ms, minMs: min_ms, maxMs: max_ms, sketch: sumEncoded(sketch) };
}
