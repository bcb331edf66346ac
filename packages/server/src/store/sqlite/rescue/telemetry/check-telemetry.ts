import type { DatabaseSync } from "node:sqlite";
import { createCalendar } from "../../../calendar.ts";
import { inTransaction, prepareRows } from "../../connection.ts";
import { blocksOf } from "../../telemetry/blocks.ts";
import { prepareReadMeta } from "../../telemetry/meta.ts";
import { areWordsRight } from "./check-words.ts";
import { PARTS, prepareShortSpans } from "./larger-spans.ts";
import { MISSING_CALLS } from "./read-calls.ts";
import { readSoundMeta } from "./sound-meta.ts";
import { ENTRY_VALUES, knowSketches, SOUND_ROWS } from "./sound-rows.ts";

/**
 * What is wrong with a telemetry database whose pages are in order: rows must say what such rows can say; each entry
 * must be found by its words and by its time; and rollups must count the calls that there are entries of.
 */
export function checkTelemetry(db: DatabaseSync, onProgress?: (fraction: number) => void): readonly string[] {
  knowSketches(db);
  return inTransaction(db, "BEGIN", () => {
    const unsound = findUnsoundRows(db);
    // What follows takes rows for what they say.
    if (unsound.length > 0) return unsound;
    const faults = [...findUnknownTimes(db), ...findShortRollups(db)];
    if (!areWordsRight(db, onProgress)) faults.push("the words of entries and their index disagree");
    return faults;
  });
}

function findUnsoundRows(db: DatabaseSync): readonly string[] {
  const faults = readSoundMeta(db).unsound.map((key) => `meta says nothing sensible of ${JSON.stringify(key)}`);
  const entryValues = ENTRY_VALUES.map(({ isSound }) => `(${isSound})`);
  for (const [table, isSound] of Object.entries(SOUND_ROWS)) {
    const sound = table === "entries" ? [`(${isSound})`, ...entryValues].join(" AND ") : isSound;
    const count = countOf(db, `SELECT count(*) AS count FROM ${table} WHERE NOT coalesce(${sound}, 0)`);
    if (count > 0) faults.push(`${count} rows of ${table} say what none can say`);
  }
  return faults;
}

function findUnknownTimes(db: DatabaseSync): readonly string[] {
  const { size } = blocksOf(prepareReadMeta(db)("block_size"));
  const count = countOf(
    db,
    `SELECT count(*) AS count FROM (
       SELECT (entry_id - 1) / ${size} AS block, min(ts_ms) AS min_ms, max(ts_ms) AS max_ms, max(entry_id) AS last
       FROM entries GROUP BY 1
     ) LEFT JOIN blocks USING (block)
     WHERE NOT coalesce(min_ms >= min_ts_ms AND max_ms <= max_ts_ms AND last <= last_id, 0)`,
  );
  return count > 0 ? [`${count} blocks do not know the times of their entries`] : [];
}

function findShortRollups(db: DatabaseSync): readonly string[] {
  const read = prepareReadMeta(db);
  const faults: string[] = [];
  const minutes = Number(
    db.prepare(`SELECT count(*) AS count FROM (${MISSING_CALLS})`).get(read("rolled_up_to"), read("minutes_from"))
      ?.count,
  );
  if (minutes > 0) faults.push(`${minutes} minutes count fewer calls than there are entries of`);
  const calendar = createCalendar(read("time_zone") ?? "UTC");
  const findShort = prepareShortSpans(db, calendar);
  let larger = 0;
  for (const [seriesId] of prepareRows<[number]>(db, "SELECT series_id FROM series")()) {
    for (const parts of PARTS) larger += findShort(seriesId, parts).size;
  }
  if (larger > 0) faults.push(`${larger} rollups count fewer calls than their parts`);
  return faults;
}

function countOf(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.count);
}
