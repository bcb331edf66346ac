import type { DatabaseSync } from "node:sqlite";
import { EXECUTION_CATEGORIES, LOG_EVENT_TYPES } from "@playhead/core";
import type { Calendar } from "../../../calendar.ts";
import { createRollupDeltas, noCalls } from "../../../rollup-deltas.ts";
import { addRow, ROLLUP_FIGURES, type RollupTuple, SPANS, sumBySpan } from "../../../rollup-row.ts";
import type { EntryRow } from "../../../telemetry-store.ts";
import { prepareChange, prepareRows } from "../../connection.ts";
import { createRollupWriter } from "../../telemetry/rollup-rows.ts";
import { PARTS, prepareShortSpans } from "./larger-spans.ts";
import { CALLS, MISSING_CALLS } from "./read-calls.ts";

/** Bounds memory: a few hundred bytes each. */
const MAX_PENDING_MINUTES = 4_096;

type CallTuple = [string, number, string, number, number, number];

/**
 * Gives minutes the calls that entries tell of and they do not count. Rollups take entries in the order of their ids, so
 * those that a minute lacks are the last ones of it. Within a transaction.
 *
 * @returns how many minutes lacked some
 */
export function mendMinutes(db: DatabaseSync, minutesFromMs: number): number {
  const { addTo, seriesOf } = createRollupWriter(db);
  const deltas = createRollupDeltas();
  const all = [Number.MAX_SAFE_INTEGER, minutesFromMs] as const;
  db.prepare(`CREATE TEMP TABLE missing_calls AS ${MISSING_CALLS}`).run(...all);
  const select = db.prepare(
    `SELECT tenant_id, category, function_name, event_type, duration_ms, ts_ms FROM (
       SELECT calls.*, missing, row_number() OVER
         (PARTITION BY tenant_id, category, function_name, minute_ms ORDER BY entry_id DESC) AS place
       FROM (${CALLS}) AS calls JOIN missing_calls USING (tenant_id, category, function_name, minute_ms)
     ) WHERE place <= missing`,
    { returnArrays: true },
  );

  function write(): void {
    for (const { tenantId, category, name, minutes } of deltas.series()) {
      const seriesId = seriesOf(tenantId, category, name);
      for (const [minuteMs, totals] of minutes) addTo(seriesId, "minute", minuteMs, totals);
    }
    deltas.clear();
  }

  for (const tuple of select.iterate(...all)) {
    deltas.addEntries([callOf(tuple as unknown as CallTuple)]);
    if (deltas.size() >= MAX_PENDING_MINUTES) write();
  }
  write();
  const mended = Number(db.prepare("SELECT count(*) AS count FROM missing_calls").get()?.count);
  db.exec("DROP TABLE temp.missing_calls");
  return mended;
}

function callOf([tenantId, category, functionName, eventType, durationMs, tsMs]: CallTuple): EntryRow {
  const call = { tenantId, functionName, durationMs, tsMs };
  return { ...call, category: EXECUTION_CATEGORIES[category], eventType: LOG_EVENT_TYPES[eventType] } as EntryRow;
}

/**
 * Makes larger spans that count less than their parts the sum of them: one series after the other, so that no more than
 * one has to be in memory. Within a transaction.
 *
 * @returns how many there were
 */
export function mendLarger(db: DatabaseSync, calendar: Calendar): number {
  const { addTo } = createRollupWriter(db);
  const selectSeries = prepareRows<[number]>(db, "SELECT series_id FROM series");
  const findShort = prepareShortSpans(db, calendar);
  const select = prepareRows<[number, ...RollupTuple]>(
    db,
    `SELECT start_ms, ${ROLLUP_FIGURES} FROM rollups WHERE series_id = ? AND span = ?`,
  );
  const remove = prepareChange(db, "DELETE FROM rollups WHERE series_id = ? AND span = ? AND start_ms = ?");
  let mended = 0;

  for (const [seriesId] of selectSeries()) {
    for (const parts of PARTS) {
      const short = findShort(seriesId, parts);
      if (short.size === 0) continue;
      const rows = select(seriesId, SPANS.indexOf(parts.of))
        .filter(([startMs]) => short.has(calendar.startOf(parts.span, startMs)))
        .map(([startMs, ...row]) => {
          const totals = noCalls();
          addRow(totals, row);
          return [startMs, totals] as const;
        });
      for (const [startMs, sum] of sumBySpan(new Map(rows), parts.span, calendar)) {
        remove(seriesId, SPANS.indexOf(parts.span), startMs);
        addTo(seriesId, parts.span, startMs, sum);
        mended += 1;
      }
    }
  }
  return mended;
}
