import type { DatabaseSync } from "node:sqlite";
import { type Calendar, createCalendar } from "../../../calendar.ts";
import { ENTRY_COLUMNS, type EntryTuple, rowOf } from "../../../entry-row.ts";
import { SPANS } from "../../../rollup-row.ts";
import type { EntryRow } from "../../../telemetry-store.ts";
import { inTransaction, prepareRow, prepareRows } from "../../connection.ts";
import { type Meta, prepareWriteMeta } from "../../telemetry/meta.ts";
import { openTelemetryDatabase } from "../../telemetry/open-database.ts";
import { rezone } from "../../telemetry/rezone.ts";
import { createEntryWriter, type EntryWriter } from "../../telemetry/write-entries.ts";
import type { RebuildOptions } from "../rebuild-options.ts";
import { mendLarger, mendMinutes } from "./mend-rollups.ts";
import { END_TYPES } from "./read-calls.ts";
import { readSoundMeta } from "./sound-meta.ts";
import { ENTRY_VALUES, knowSketches, SOUND_ROWS } from "./sound-rows.ts";

/** What came of salvaged telemetry. */
export interface TelemetryReport {
  readonly entries: number;
  /** Values of entries that made no sense and were let go; the entries were kept. */
  readonly lostValues: number;
  /** Rows of all tables that made no sense themselves. */
  readonly unusableRows: number;
  /** Rollups that were made anew of what is left. */
  readonly mendedRollups: { readonly minutes: number; readonly larger: number };
}

/** Kept as they were found. Series before rollups. */
const KEPT = ["running", "samples", "sources", "series", "rollups"] as const;
const ENTRIES_PER_READ = 1_000;
/** No entry has ever had a larger id. */
const MAX_ID = 2 ** 50;
/** In the place of a zone. */
const UNKNOWN_ZONE = "unknown";
const BEFORE_ALL_MS = Number.MIN_SAFE_INTEGER;

/**
 * Makes a new telemetry database out of salvaged rows: entries, under their ids, by the writer's own means, and so their
 * words and blocks; all else as it was found, as far as it makes sense; rollups that entries contradict anew.
 */
export function rebuildTelemetry({ salvaged, salvagedFile, file, onProgress }: RebuildOptions): TelemetryReport {
  knowSketches(salvaged);
  const { meta, unsound } = readSoundMeta(salvaged);
  const lostValues = removeValues(salvaged);
  const unusableRows = unsound.length + removeRows(salvaged);
  const db = openTelemetryDatabase(file);
  try {
    db.prepare("ATTACH ? AS salvaged").run(salvagedFile);
    const writeMeta = prepareWriteMeta(db);
    if (meta.block_size !== undefined)
      inTransaction(db, "BEGIN IMMEDIATE", () => writeMeta("block_size", meta.block_size as number));
    const writer = createEntryWriter(db);
    const entries = writeEntries(db, { salvaged, writer, ...(onProgress && { onProgress }) });
    const mendedRollups = inTransaction(db, "BEGIN IMMEDIATE", () => {
      for (const table of KEPT) db.exec(`INSERT OR IGNORE INTO main.${table} SELECT * FROM salvaged.${table}`);
      endRunning(db);
      const lastId = lastIdOf(salvaged, writer.lastId());
      if (lastId > 0) writer.skipTo(lastId);
      return writeRollups(db, { meta, lastId });
    });
    // Whose days the larger spans are is lost: so they are made anew, for the zone of the next start in turn.
    if (meta.time_zone == null) rezone(db, createCalendar("UTC"));
    return { entries, lostValues, unusableRows, mendedRollups };
  } finally {
    db.close();
  }
}

function removeValues(db: DatabaseSync): number {
  return ENTRY_VALUES.reduce((sum, { column, isSound, instead }) => {
    const { changes } = db.prepare(`UPDATE entries SET ${column} = ${instead} WHERE NOT coalesce(${isSound}, 0)`).run();
    return sum + Number(changes);
  }, 0);
}

function removeRows(db: DatabaseSync): number {
  return Object.entries(SOUND_ROWS).reduce((sum, [table, isSound]) => {
    const { changes } = db.prepare(`DELETE FROM ${table} WHERE NOT coalesce(${isSound}, 0)`).run();
    return sum + Number(changes);
  }, 0);
}

interface EntrySource {
  readonly salvaged: DatabaseSync;
  readonly writer: EntryWriter;
  readonly onProgress?: (fraction: number) => void;
}

function writeEntries(db: DatabaseSync, { salvaged, writer, onProgress }: EntrySource): number {
  const select = prepareRows<EntryTuple>(
    salvaged,
    `SELECT ${ENTRY_COLUMNS.join(", ")} FROM entries WHERE entry_id > ? ORDER BY entry_id LIMIT ${ENTRIES_PER_READ}`,
  );
  const all = Number(salvaged.prepare("SELECT count(*) AS count FROM entries").get()?.count);
  let written = 0;
  for (let rows = select(0); rows.length > 0; rows = select(writer.lastId())) {
    const entries = rows.map((tuple): readonly [number, EntryRow] => [tuple[0], rowOf(tuple)]);
    inTransaction(db, "BEGIN IMMEDIATE", () => writer.writeBack(entries));
    written += entries.length;
    onProgress?.(written / all);
  }
  return written;
}

/** A row that was deleted may have been found again: then there is an entry of the call's end. */
function endRunning(db: DatabaseSync): void {
  db.exec(
    `DELETE FROM running WHERE (tenant_id, span_id) IN
       (SELECT tenant_id, span_id FROM entries WHERE event_type IN (${END_TYPES}) AND span_id IS NOT NULL)`,
  );
}

/** The largest id that was ever given, as far as anything tells: whoever reads on behind it is to see what comes next. */
function lastIdOf(db: DatabaseSync, lastEntryId: number): number {
  const told = db
    .prepare(
      `SELECT max(id) AS id FROM (
         SELECT last_id AS id FROM blocks
         UNION SELECT value FROM meta WHERE key = 'rolled_up_to' AND typeof(value) IN ('integer', 'real')
       ) WHERE id BETWEEN 1 AND ${MAX_ID}`,
    )
    .get();
  return Math.max(lastEntryId, Number(told?.id ?? 0));
}

function writeRollups(db: DatabaseSync, { meta, lastId }: { readonly meta: Partial<Meta>; readonly lastId: number }) {
  const writeMeta = prepareWriteMeta(db);
  const calendar = createCalendar(meta.time_zone ?? "UTC");
  const minutesFromMs = meta.minutes_from ?? findMinutesFrom(db, calendar);
  writeMeta("time_zone", meta.time_zone ?? UNKNOWN_ZONE);
  if (minutesFromMs !== BEFORE_ALL_MS) writeMeta("minutes_from", minutesFromMs);
  writeMeta("rolled_up_to", lastId);
  const minutes = mendMinutes(db, minutesFromMs);
  return { minutes, larger: meta.time_zone == null ? 0 : mendLarger(db, calendar) };
}

/** Where minutes begin to be kept, when nothing tells: with the first one, where there are hours before it. */
function findMinutesFrom(db: DatabaseSync, calendar: Calendar): number {
  const selectFirst = prepareRow<[number | null]>(db, "SELECT min(start_ms) FROM rollups WHERE span = ?");
  const [firstMinuteMs = null] = selectFirst(SPANS.indexOf("minute")) ?? [];
  const [firstHourMs = null] = selectFirst(SPANS.indexOf("hour")) ?? [];
  if (firstHourMs === null || firstMinuteMs === null) return BEFORE_ALL_MS;
  const minutesFromMs = calendar.startOf("hour", firstMinuteMs);
  return firstHourMs < minutesFromMs ? minutesFromMs : BEFORE_ALL_MS;
}
