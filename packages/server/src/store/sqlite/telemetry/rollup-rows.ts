import type { DatabaseSync } from "node:sqlite";
import { EXECUTION_CATEGORIES, type ExecutionCategory } from "@playhead/core";
import type { Calendar } from "../../calendar.ts";
import { addTotals, type CallTotals, noCalls, type SeriesDeltas } from "../../rollup-deltas.ts";
import {
  addRow,
  LARGER_SPANS,
  type OnDamagedSketch,
  ROLLUP_FIGURES,
  type RollupTuple,
  SPANS,
  sumBySpan,
  warnOfSketch,
} from "../../rollup-row.ts";
import type { RollupSpan } from "../../telemetry-store.ts";
import { prepareChange, prepareRow } from "../connection.ts";

/** Writes rollups. All within a transaction. */
export interface RollupWriter {
  /** Adds what was added up to the rows of its minutes and of all larger spans. */
  add(deltas: Iterable<SeriesDeltas>, calendar: Calendar): void;
  /** The id of a name's series, made when there is none yet. */
  seriesOf(tenantId: string, category: ExecutionCategory, name: string): number;
  /** Adds totals to one row. */
  addTo(seriesId: number, span: RollupSpan, startMs: number, totals: CallTotals): void;
}

/** Prepares the statements on the writing connection. */
export function createRollupWriter(db: DatabaseSync, onDamaged: OnDamagedSketch = warnOfSketch): RollupWriter {
  const insertSeries = prepareChange(db, "INSERT OR IGNORE INTO series (tenant_id, category, name) VALUES (?, ?, ?)");
  const selectSeries = prepareRow<[number]>(
    db,
    "SELECT series_id FROM series WHERE tenant_id = ? AND category = ? AND name = ?",
  );
  const place = "series_id = ? AND span = ? AND start_ms = ?";
  const select = prepareRow<RollupTuple>(db, `SELECT ${ROLLUP_FIGURES} FROM rollups WHERE ${place}`);
  const put = prepareChange(
    db,
    `REPLACE INTO rollups (series_id, span, start_ms, ${ROLLUP_FIGURES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function addTo(seriesId: number, span: RollupSpan, startMs: number, more: CallTotals): void {
    const spanPlace = SPANS.indexOf(span);
    const known = select(seriesId, spanPlace, startMs);
    const totals = noCalls();
    if (known !== undefined && !addRow(totals, known)) onDamaged(seriesId, span, startMs);
    addTotals(totals, more);
    const { count, errors, summarized, sumMs, minMs, maxMs, sketch } = totals;
    put(seriesId, spanPlace, startMs, count, errors, summarized, sumMs, minMs, maxMs, sketch.encode());
  }

  function seriesOf(tenantId: string, category: ExecutionCategory, name: string): number {
    const categoryPlace = EXECUTION_CATEGORIES.indexOf(category);
    insertSeries(tenantId, categoryPlace, name);
    return (selectSeries(tenantId, categoryPlace, name) as [number])[0];
  }

  return {
    addTo,
    seriesOf,
    add(deltas, calendar) {
      for (const { tenantId, category, name, minutes } of deltas) {
        const seriesId = seriesOf(tenantId, category, name);
        for (const [minuteMs, totals] of minutes) addTo(seriesId, "minute", minuteMs, totals);
        for (const span of LARGER_SPANS) {
          for (const [startMs, totals] of sumBySpan(minutes, span, calendar)) addTo(seriesId, span, startMs, totals);
        }
      }
    },
  };
}
