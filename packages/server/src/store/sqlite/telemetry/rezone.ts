import type { DatabaseSync } from "node:sqlite";
import type { Calendar } from "../../calendar.ts";
import { type CallTotals, noCalls } from "../../rollup-deltas.ts";
import { addRow, LARGER_SPANS, ROLLUP_FIGURES, type RollupTuple, SPANS, sumBySpan } from "../../rollup-row.ts";
import { inTransaction, prepareChange, prepareRows } from "../connection.ts";
import { prepareReadMeta, prepareWriteMeta } from "./meta.ts";
import { createRollupWriter } from "./rollup-rows.ts";

/**
 * Makes the rollups those of a calendar's zone, when they are of another: hours and all larger spans anew, from the
 * minutes; where minutes are kept no longer, hours stay as they are, and larger spans are made of them.
 */
export function rezone(db: DatabaseSync, calendar: Calendar): void {
  const read = prepareReadMeta(db);
  const write = prepareWriteMeta(db);
  const known = read("time_zone");
  if (known === calendar.timeZone) return;
  inTransaction(db, "BEGIN IMMEDIATE", () => {
    if (known !== null) {
      const oldFromMs = read("minutes_from");
      const newFromMs = hourFrom(calendar, oldFromMs);
      rebuild(db, calendar, oldFromMs, newFromMs);
      write("minutes_from", newFromMs);
    }
    write("time_zone", calendar.timeZone);
  });
}

/** Minutes begin where an hour does: those of an hour that would be cut become part of it. */
function hourFrom(calendar: Calendar, minutesFromMs: number): number {
  if (minutesFromMs === Number.MIN_SAFE_INTEGER) return minutesFromMs;
  const startMs = calendar.startOf("hour", minutesFromMs);
  return startMs === minutesFromMs ? startMs : calendar.endOf("hour", startMs);
}

/** One series after the other, so that no more than one has to be in memory. */
function rebuild(db: DatabaseSync, calendar: Calendar, oldFromMs: number, newFromMs: number): void {
  const { addTo } = createRollupWriter(db);
  const selectSeries = prepareRows<[number]>(db, "SELECT series_id FROM series");
  const select = prepareRows<[number, ...RollupTuple]>(
    db,
    `SELECT start_ms, ${ROLLUP_FIGURES} FROM rollups WHERE series_id = ? AND span = ? AND start_ms >= ? AND start_ms < ?`,
  );
  const remove = prepareChange(db, "DELETE FROM rollups WHERE series_id = ? AND span > 1");
  const removeHours = prepareChange(db, "DELETE FROM rollups WHERE series_id = ? AND span = 1 AND start_ms >= ?");
  const removeMinutes = prepareChange(db, "DELETE FROM rollups WHERE series_id = ? AND span = 0 AND start_ms < ?");

  for (const [seriesId] of selectSeries()) {
    const totals = (span: "minute" | "hour", fromMs: number, toMs: number) => {
      return new Map(select(seriesId, SPANS.indexOf(span), fromMs, toMs).map(([at, ...row]) => [at, totalsOf(row)]));
    };
    const minutes = totals("minute", oldFromMs, Number.MAX_SAFE_INTEGER);
    const hours = totals("hour", Number.MIN_SAFE_INTEGER, oldFromMs);
    remove(seriesId);
    removeHours(seriesId, oldFromMs);
    removeMinutes(seriesId, newFromMs);
    for (const [startMs, sum] of sumBySpan(minutes, "hour", calendar)) addTo(seriesId, "hour", startMs, sum);
    const all = new Map([...hours, ...minutes]);
    for (const span of LARGER_SPANS.filter((each) => each !== "hour")) {
      for (const [startMs, sum] of sumBySpan(all, span, calendar)) addTo(seriesId, span, startMs, sum);
    }
  }
}

function totalsOf(row: RollupTuple): CallTotals {
  const totals = noCalls();
  addRow(totals, row);
  return totals;
}
