import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { EXECUTION_CATEGORIES, type ExecutionCategory, type TimeRange } from "@playhead/core";
import type { Calendar } from "../../calendar.ts";
import { callSum } from "../../call-sum.ts";
import { type CallTotals, noCalls } from "../../rollup-deltas.ts";
import { planRollups, widenRange } from "../../rollup-plan.ts";
import { addRow, ROLLUP_FIGURES, type RollupTuple, SPANS } from "../../rollup-row.ts";
import type {
  CallSumsQuery,
  MediansQuery,
  NamedCallSum,
  NamedMedians,
  Rollup,
  RollupSpan,
  RollupsQuery,
  SpanCallSum,
} from "../../telemetry-store.ts";
import { prepareRows } from "../connection.ts";
import { prepareReadMeta } from "./meta.ts";
import { createSumReader, type WhichSeries } from "./sum-rollups.ts";

/** Reads rollups, and adds them up: that is work for a thread of its own. */
export interface RollupReader {
  readRollups(query: RollupsQuery): readonly Rollup[];
  sumCalls(query: CallSumsQuery): { readonly range: TimeRange; readonly sums: readonly NamedCallSum[] };
  sumCallsBySpan(query: CallSumsQuery & { readonly span: RollupSpan }): readonly SpanCallSum[];
  readMedians(query: MediansQuery): readonly NamedMedians[];
}

interface Series {
  readonly seriesId: number;
  readonly category: ExecutionCategory;
  readonly name: string;
}

/** Prepares the queries on a reading connection; each is to be asked within a transaction. */
export function createRollupReader(db: DatabaseSync, calendar: Calendar): RollupReader {
  const inSpan = "series_id = ? AND span = ?";
  const selectRows = prepareRows<[number, ...RollupTuple]>(
    db,
    `SELECT start_ms, ${ROLLUP_FIGURES} FROM rollups WHERE ${inSpan} AND start_ms >= ? AND start_ms < ? ORDER BY start_ms`,
  );
  const selectNewest = prepareRows<[number, ...RollupTuple]>(
    db,
    `SELECT start_ms, ${ROLLUP_FIGURES} FROM rollups WHERE ${inSpan} AND start_ms >= ? AND start_ms < ?
     ORDER BY start_ms DESC LIMIT ?`,
  );
  const { readBounds, readSums } = createSumReader(db);
  const readMeta = prepareReadMeta(db);

  const selectSeries = prepareRows<[number, number, string]>(
    db,
    `SELECT series_id, category, name FROM series
     WHERE tenant_id = ?1 AND (?2 IS NULL OR category = ?2) ORDER BY name, category`,
  );
  const selectNamed = prepareRows<[number, number, string]>(
    db,
    `SELECT series_id, category, name FROM series
     WHERE tenant_id = ?1 AND (?2 IS NULL OR category = ?2) AND name = ?3 ORDER BY category`,
  );

  function seriesOf({ tenantId, category, name }: WhichSeries): readonly Series[] {
    const place: SQLInputValue = category === undefined ? null : EXECUTION_CATEGORIES.indexOf(category);
    const rows = name === undefined ? selectSeries(tenantId, place) : selectNamed(tenantId, place, name);
    return rows.map(([seriesId, at, own]) => {
      return { seriesId, category: EXECUTION_CATEGORIES[at] as ExecutionCategory, name: own };
    });
  }

  /** All that there is lies in these months, so that nobody plans for the year 1970. */
  function rangeOf(which: WhichSeries): TimeRange {
    const months = readBounds(which, "month");
    return months === null
      ? { fromMs: 0, toMs: 0 }
      : { fromMs: months.firstMs, toMs: calendar.endOf("month", months.lastMs) };
  }

  return {
    readRollups({ span, range, ...which }) {
      const rollups = seriesOf(which).flatMap(({ seriesId, category, name }) =>
        selectRows(seriesId, SPANS.indexOf(span), range.fromMs, range.toMs).map((row): Rollup => {
          const [startMs, count, errors, summarized, durationSumMs, durationMinMs, durationMaxMs, sketch] = row;
          const figures = { count, errors, summarized, durationSumMs, durationMinMs, durationMaxMs };
          return { startMs, category, name, ...figures, sketch };
        }),
      );
      return rollups.sort((a, b) => a.startMs - b.startMs);
    },

    sumCalls({ range, quantiles, ...which }) {
      const minutesFromMs = readMeta("minutes_from");
      const held = rangeOf(which);
      const within = { fromMs: Math.max(range.fromMs, held.fromMs), toMs: Math.min(range.toMs, held.toMs) };
      const plan = planRollups(calendar, within, minutesFromMs);
      const sums = readSums(which, plan).map(({ category, name, totals }): NamedCallSum => {
        return { category, name, ...callSum(totals, quantiles) };
      });
      return { range: widenRange(calendar, range, minutesFromMs), sums };
    },

    sumCallsBySpan({ span, range, quantiles, ...which }) {
      const bySpan = new Map<number, CallTotals>();
      for (const { seriesId } of seriesOf(which)) {
        const fromMs = calendar.startOf(span, range.fromMs);
        for (const [startMs, ...row] of selectRows(seriesId, SPANS.indexOf(span), fromMs, range.toMs)) {
          const totals = bySpan.get(startMs) ?? noCalls();
          bySpan.set(startMs, totals);
          addRow(totals, row);
        }
      }
      const starts = [...bySpan].sort(([a], [b]) => a - b);
      return starts.map(([startMs, totals]) => {
        return { startMs, endMs: calendar.endOf(span, startMs), ...callSum(totals, quantiles) };
      });
    },

    readMedians({ span, range, limit, ...which }) {
      return seriesOf(which).flatMap(({ seriesId, category, name }) => {
        const rows = selectNewest(seriesId, SPANS.indexOf(span), range.fromMs, range.toMs, limit);
        const points = rows.toReversed().map(([startMs, ...row]) => {
          const totals = noCalls();
          addRow(totals, row);
          const { quantilesMs, count } = callSum(totals, [0.5]);
          return { startMs, count, medianMs: quantilesMs[0] as number };
        });
        return points.length === 0 ? [] : [{ category, name, points }];
      });
    },
  };
}
