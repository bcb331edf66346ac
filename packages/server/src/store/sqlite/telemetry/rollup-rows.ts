import type { DatabaseSync } from "node:sqlite";
import { EXECUTION_CATEGORIES, type ExecutionCategory, encodedBuckets, PlayheadError } from "@playhead/core";
import type { Calendar } from "../../calendar.ts";
import type { RollupSpan } from "../../telemetry-store.ts";
import { prepareChange, prepareRow } from "../connection.ts";
import { addFigures, addTotals, type CallTotals, noCalls, type SeriesDeltas } from "./rollup-deltas.ts";

/** A span is stored as its place in here. */
export const SPANS = ["minute", "hour", "day", "week", "month"] as const satisfies readonly RollupSpan[];
export const LARGER_SPANS = SPANS.slice(1);

/** The figures of a row of `rollups`, as its columns {@link ROLLUP_FIGURES}. */
export type RollupTuple = [
  count: number,
  errors: number,
  summarized: number,
  sumMs: number,
  minMs: number,
  maxMs: number,
  sketch: string,
];
export const ROLLUP_FIGURES = "count, errors, summarized, sum_ms, min_ms, max_ms, sketch";

/**
 * Adds the figures of a row to totals. Where its sketch is damaged, the figures are added all the same: they are exact, and
 * percentiles go by as much of it as can be read.
 * @returns whether all of the sketch could be read
 */
export function addRow(to: CallTotals, row: RollupTuple): boolean {
  const [count, errors, summarized, sumMs, minMs, maxMs, sketch] = row;
  addFigures(to, { count, errors, summarized, sumMs, minMs, maxMs });
  try {
    to.sketch.merge(encodedBuckets(sketch));
    return true;
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    return false;
  }
}

/** Writes rollups. All within a transaction. */
export interface RollupWriter {
  /** Adds what was added up to the rows of its minutes and of all larger spans. */
  add(deltas: Iterable<SeriesDeltas>, calendar: Calendar): void;
  /** The id of a name's series, made when there is none yet. */
  seriesOf(tenantId: string, category: ExecutionCategory, name: string): number;
  /** Adds totals to one row. */
  addTo(seriesId: number, span: RollupSpan, startMs: number, totals: CallTotals): void;
}

/** A row's sketch was damaged: what could not be read of it goes. */
export type OnDamagedSketch = (seriesId: number, span: RollupSpan, startMs: number) => void;

/** On stderr: this thread has no other way to say something, and what it writes goes on. */
const warnOfSketch: OnDamagedSketch = (seriesId, span, startMs) => {
  const at = new Date(startMs).toISOString();
  process.emitWarning(
    `the distribution of durations of series ${seriesId}, ${span} ${at}, was damaged and is left out; its counts and sums are kept`,
    { type: "PlayheadWarning", detail: "playhead doctor tells what else is damaged" },
  );
};

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

/** Puts totals of smaller spans, by their starts, together to larger ones. */
export function sumBySpan(
  smaller: ReadonlyMap<number, CallTotals>,
  span: RollupSpan,
  calendar: Calendar,
): ReadonlyMap<number, CallTotals> {
  const larger = new Map<number, CallTotals>();
  for (const [atMs, totals] of smaller) {
    const startMs = calendar.startOf(span, atMs);
    const sum = larger.get(startMs) ?? noCalls();
    larger.set(startMs, sum);
    addTotals(sum, totals);
  }
  return larger;
}
