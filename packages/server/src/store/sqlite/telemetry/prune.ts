import type { DatabaseSync } from "node:sqlite";
import type { Calendar } from "../../calendar.ts";
import { LARGER_SPANS, SPANS } from "../../rollup-row.ts";
import type { PrunedTelemetry, PruneLimits } from "../../telemetry-store.ts";
import { prepareChange, prepareRow, prepareRows } from "../connection.ts";
import { blocksOf } from "./blocks.ts";
import { prepareReadMeta, prepareWriteMeta } from "./meta.ts";
import type { RunningWriter } from "./running.ts";

/** @returns one step of letting go of what is too old, within a transaction; it says how much went */
export function preparePrune(db: DatabaseSync, calendar: Calendar, running: RunningWriter) {
  const selectBlock = prepareRow<[number]>(db, "SELECT block FROM blocks WHERE min_ts_ms < ? ORDER BY block LIMIT 1");
  const selectOld = prepareRows<[number]>(
    db,
    "SELECT entry_id FROM entries WHERE entry_id BETWEEN ? AND ? AND ts_ms < ? LIMIT ?",
  );
  const removeEntry = prepareChange(db, "DELETE FROM entries WHERE entry_id = ?");
  const removeWords = prepareChange(db, "DELETE FROM words WHERE rowid = ?");
  const selectTimes = prepareRow<[number | null, number | null]>(
    db,
    "SELECT min(ts_ms), max(ts_ms) FROM entries WHERE entry_id BETWEEN ? AND ?",
  );
  const selectLastBlock = prepareRow<[number]>(db, "SELECT max(block) FROM blocks");
  const setTimes = prepareChange(db, "UPDATE blocks SET min_ts_ms = ?, max_ts_ms = ? WHERE block = ?");
  const removeBlock = prepareChange(db, "DELETE FROM blocks WHERE block = ?");
  const removeSamples = prepareChange(
    db,
    "DELETE FROM samples WHERE sample_id IN (SELECT sample_id FROM samples WHERE ts_ms < ? LIMIT ?)",
  );
  const selectSeries = prepareRows<[number]>(db, "SELECT series_id FROM series");
  const removeRollups = prepareChange(
    db,
    `DELETE FROM rollups WHERE series_id = ?1 AND span = ?2 AND start_ms IN
     (SELECT start_ms FROM rollups WHERE series_id = ?1 AND span = ?2 AND start_ms < ?3 LIMIT ?4)`,
  );
  const removeSeries = prepareChange(
    db,
    "DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM rollups WHERE rollups.series_id = series.series_id)",
  );
  const readMeta = prepareReadMeta(db);
  const writeMeta = prepareWriteMeta(db);
  const { idsOf } = blocksOf(readMeta("block_size"));

  /** Of one block at a time. */
  function pruneEntries(beforeMs: number, limit: number): number {
    let removed = 0;
    while (removed < limit) {
      const found = selectBlock(beforeMs);
      if (found === undefined) break;
      const [block] = found;
      const { from, to } = idsOf(block, block);
      for (const [entryId] of selectOld(from, to, beforeMs, limit - removed)) {
        removeEntry(entryId);
        removeWords(entryId);
        removed += 1;
      }
      const [minMs, maxMs] = selectTimes(from, to) ?? [null, null];
      if (minMs !== null) setTimes(minMs, maxMs, block);
      // The last one knows which ids were given.
      else if (block === selectLastBlock()?.[0]) setTimes(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, block);
      else removeBlock(block);
    }
    return removed;
  }

  function pruneRollups({ detailsBeforeMs, summariesBeforeMs, limit }: PruneLimits): number {
    const minutesBeforeMs = calendar.startOf("hour", detailsBeforeMs);
    const limits = [
      { span: "minute", beforeMs: minutesBeforeMs } as const,
      // One that ends before the limit begins before the one that the limit lies in.
      ...LARGER_SPANS.map((span) => ({ span, beforeMs: calendar.startOf(span, summariesBeforeMs) })),
    ];
    let removed = 0;
    for (const [seriesId] of selectSeries()) {
      for (const { span, beforeMs } of limits) {
        if (removed >= limit) return removed;
        removed += removeRollups(seriesId, SPANS.indexOf(span), beforeMs, limit - removed);
      }
    }
    if (removed > 0) removeSeries();
    return removed;
  }

  return (limits: PruneLimits): PrunedTelemetry => {
    const { detailsBeforeMs, limit } = limits;
    // Whoever adds up a range goes by it.
    const minutesFromMs = calendar.startOf("hour", detailsBeforeMs);
    if (minutesFromMs > readMeta("minutes_from")) writeMeta("minutes_from", minutesFromMs);
    let left = limit;
    const upTo = (remove: (most: number) => number): number => {
      const removed = left > 0 ? remove(left) : 0;
      left -= removed;
      return removed;
    };
    const entries = upTo((most) => pruneEntries(detailsBeforeMs, most));
    const runningCalls = upTo((most) => running.prune(detailsBeforeMs, most));
    const samples = upTo((most) => removeSamples(detailsBeforeMs, most));
    const rollups = upTo((most) => pruneRollups({ ...limits, limit: most }));
    return { entries, runningCalls, samples, rollups, hasMore: left <= 0 };
  };
}
