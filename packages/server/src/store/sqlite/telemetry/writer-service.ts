import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type Calendar, createCalendar } from "../../calendar.ts";
import type { EntryRow, PrunedTelemetry, PruneLimits, TelemetryStore } from "../../telemetry-store.ts";
import { createTurnGate } from "../../turns.ts";
import { inTransaction, prepareChange } from "../connection.ts";
import { asStoreError } from "../store-error.ts";
import { decodeGroup } from "./group-text.ts";
import { prepareMaintain } from "./maintain.ts";
import { prepareWriteMeta } from "./meta.ts";
import { openTelemetryDatabase } from "./open-database.ts";
import { preparePrune } from "./prune.ts";
import { rezone } from "./rezone.ts";
import { createRollupKeeper } from "./rollup-keeper.ts";
import { createRunningWriter } from "./running.ts";
import { createEntryWriter } from "./write-entries.ts";

export interface TelemetryWriterOptions {
  readonly file: string;
  readonly timeZone: string;
  /** For a new database; undefined for the usual one. */
  readonly blockSize: number | undefined;
}

/** What the writer's thread can be asked. */
export interface TelemetryWriterService {
  /**
   * Stores a group. When one fails, all of its turn that follow are refused: they were sent before the sender knew.
   * @param turn grows each time that the sender begins anew
   */
  append(turn: number, group: string): { readonly firstEntryId: number };
  /** Makes the rollups that readers see those of all entries. */
  writeRollups(): void;
  endRunning(which: Parameters<TelemetryStore["endRunning"]>[0]): number;
  prune(limits: PruneLimits): PrunedTelemetry;
  maintain(): boolean;
  close(): void;
}

/** Opens the database, or makes it, and brings it up to date. @throws PlayheadError `data_…`, `disk_full`, `config_invalid` */
export function openTelemetryWriter({ file, timeZone, blockSize }: TelemetryWriterOptions): TelemetryWriterService {
  const calendar = createCalendar(timeZone);
  const isNew = !existsSync(file);
  let opened: DatabaseSync | null = null;
  try {
    opened = openTelemetryDatabase(file);
    if (isNew && blockSize !== undefined) prepareWriteMeta(opened)("block_size", blockSize);
    rezone(opened, calendar);
    return createService(opened, calendar);
  } catch (error) {
    opened?.close();
    throw asStoreError(error, file);
  }
}

function createService(db: DatabaseSync, calendar: Calendar): TelemetryWriterService {
  const entries = createEntryWriter(db);
  const running = createRunningWriter(db);
  const rollups = createRollupKeeper(db, calendar, entries.lastId());
  const insertSample = prepareChange(db, "INSERT INTO samples (tenant_id, ts_ms, source, sample) VALUES (?, ?, ?, ?)");
  const putSource = prepareChange(
    db,
    "INSERT INTO sources (source, n) VALUES (?1, ?2) ON CONFLICT (source) DO UPDATE SET n = max(n, ?2)",
  );
  const prune = preparePrune(db, calendar, running);
  const maintain = prepareMaintain(db);
  const inTurn = createTurnGate();

  function write<Result>(work: () => Result): Result {
    try {
      return inTransaction(db, "BEGIN IMMEDIATE", work);
    } catch (error) {
      entries.forget();
      throw error;
    }
  }

  function append(text: string): { readonly firstEntryId: number } {
    const group = decodeGroup(text);
    if (rollups.isDue()) rollups.write();
    let kept: readonly EntryRow[] = [];
    const firstEntryId = write(() => {
      kept = running.write(group.entries);
      const firstId = entries.write(kept);
      rollups.addTotals(group.totals);
      for (const { tenantId, tsMs, source, sample } of group.samples) {
        insertSample(tenantId, tsMs, source, JSON.stringify(sample));
      }
      for (const [source, n] of group.sources) putSource(source, n);
      return firstId;
    });
    rollups.take(kept, entries.lastId());
    return { firstEntryId };
  }

  return {
    append: (turn, group) => inTurn(turn, () => append(group)),
    writeRollups: rollups.write,
    endRunning({ sessionId, atMs, reason }) {
      const ended = write(() => {
        const rows = running.end(sessionId, atMs, reason);
        entries.write(rows);
        return rows;
      });
      rollups.take(ended, entries.lastId());
      return ended.length;
    },
    prune(limits) {
      // What goes has been added up.
      rollups.write();
      const pruned = write(() => prune(limits));
      // The times of the last block may have changed.
      entries.forget();
      return pruned;
    },
    maintain,
    close() {
      try {
        rollups.write();
      } finally {
        db.close();
      }
    },
  };
}
