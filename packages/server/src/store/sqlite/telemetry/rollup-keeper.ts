import type { DatabaseSync } from "node:sqlite";
import type { Calendar } from "../../calendar.ts";
import { ENTRY_COLUMNS, type EntryTuple, entryOf } from "../../entry-row.ts";
import { createRollupDeltas } from "../../rollup-deltas.ts";
import type { EntryRow, TotalsRow } from "../../telemetry-store.ts";
import { inTransaction, prepareRows } from "../connection.ts";
import { prepareReadMeta, prepareWriteMeta } from "./meta.ts";
import { createRollupWriter } from "./rollup-rows.ts";

/**
 * Keeps the rollups in step with the entries. Writing them with each group would cost five rows a name, so they are
 * added up in memory and written now and then, always before they are read, with the id up to which they go: what was in
 * memory when the process ended is added up again from the entries behind that id.
 */
export interface RollupKeeper {
  /** Takes entries that have been stored. */
  take(rows: readonly EntryRow[], lastId: number): void;
  /** Adds what was counted elsewhere, for good: within the transaction of its group. */
  addTotals(rows: readonly TotalsRow[]): void;
  /** Writes what is in memory, in a transaction of its own. */
  write(): void;
  /** Whether so much is in memory that it should be written. */
  isDue(): boolean;
}

/** So many entries are at most added up again at a start. */
const MAX_PENDING_ENTRIES = 16_384;
/** Bounds memory where late entries fall into many minutes; a few hundred bytes each. */
const MAX_PENDING_MINUTES = 4_096;

/** @param lastId of the newest entry; what is behind the rollups is taken in at once */
export function createRollupKeeper(db: DatabaseSync, calendar: Calendar, lastId: number): RollupKeeper {
  const deltas = createRollupDeltas();
  const rollups = createRollupWriter(db);
  const writeMeta = prepareWriteMeta(db);
  let writtenTo = prepareReadMeta(db)("rolled_up_to");
  let pendingTo = writtenTo;

  function take(rows: readonly EntryRow[], upTo: number): void {
    deltas.addEntries(rows);
    pendingTo = upTo;
  }

  function write(): void {
    if (pendingTo === writtenTo) return;
    inTransaction(db, "BEGIN IMMEDIATE", () => {
      rollups.add(deltas.series(), calendar);
      writeMeta("rolled_up_to", pendingTo);
    });
    writtenTo = pendingTo;
    deltas.clear();
  }

  const isDue = () => pendingTo - writtenTo >= MAX_PENDING_ENTRIES || deltas.size() >= MAX_PENDING_MINUTES;

  const select = prepareRows<EntryTuple>(
    db,
    `SELECT ${ENTRY_COLUMNS.join(", ")} FROM entries WHERE entry_id > ? ORDER BY entry_id LIMIT 1000`,
  );
  for (;;) {
    const rows = select(pendingTo);
    if (rows.length === 0) break;
    take(rows.map(callOf), (rows.at(-1) as EntryTuple)[0]);
    if (isDue()) write();
  }
  pendingTo = Math.max(pendingTo, lastId);

  return {
    take,
    addTotals(rows) {
      if (rows.length === 0) return;
      const told = createRollupDeltas();
      told.addTotals(rows);
      rollups.add(told.series(), calendar);
    },
    write,
    isDue,
  };
}

/** What of a stored entry is added up. */
function callOf(tuple: EntryTuple): EntryRow {
  const { event_type, category, function_name, duration, tenant_id } = entryOf(tuple);
  const call = {
    eventType: event_type,
    category,
    functionName: function_name,
    durationMs: duration,
    tenantId: tenant_id,
  };
  return { ...call, tsMs: tuple[1] } as EntryRow;
}
