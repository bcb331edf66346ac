import type { DatabaseSync } from "node:sqlite";
import type { LogFilter } from "@playhead/core";
import { type EntryTuple, entryOf, tupleOf } from "../../entry-row.ts";
import { createLogMatcher } from "../../log-filter.ts";
import { givenUp, splitRunning } from "../../running-calls.ts";
import type { EntryRow } from "../../telemetry-store.ts";
import { prepareChange, prepareRows } from "../connection.ts";

/** Calls under way, as the reader sees them. */
export interface RunningReader {
  /** Those that a filter wants; their ids are negative, and stay the same while they run. */
  find(filter: LogFilter, fromMs: number, toMs: number): readonly EntryTuple[];
}

/** Prepares the query on a reading connection. */
export function createRunningReader(db: DatabaseSync): RunningReader {
  const select = prepareRows<[number, string]>(
    db,
    "SELECT run_id, row FROM running WHERE tenant_id = ? AND ts_ms >= ? AND ts_ms < ?",
  );
  return {
    find(filter, fromMs, toMs) {
      if (filter.event_types?.includes("start") === false || filter.levels?.includes("debug") === false) return [];
      const matches = createLogMatcher(filter);
      return select(filter.tenant_id, fromMs, toMs)
        .map(([runId, row]) => tupleOf(-runId, JSON.parse(row) as EntryRow) as EntryTuple)
        .filter((tuple) => matches(entryOf(tuple)));
    },
  };
}

/** Calls under way, as the writer keeps them. All within a transaction. */
export interface RunningWriter {
  /** Notes the calls that begin and takes back those that end. @returns the entries to keep: all but those that begin */
  write(rows: readonly EntryRow[]): readonly EntryRow[];
  /** What runs of a session, made what it is when it is given up; it is no longer under way. */
  end(sessionId: string, atMs: number, reason: string): readonly EntryRow[];
  /** @returns how many calls that began before then were let go */
  prune(beforeMs: number, limit: number): number;
}

/** Prepares the statements on the writing connection. */
export function createRunningWriter(db: DatabaseSync): RunningWriter {
  const insert = prepareChange(
    db,
    "REPLACE INTO running (tenant_id, span_id, session_id, ts_ms, row) VALUES (?, ?, ?, ?, ?)",
  );
  const remove = prepareChange(db, "DELETE FROM running WHERE tenant_id = ? AND span_id = ?");
  const select = prepareRows<[string]>(db, "SELECT row FROM running WHERE session_id = ? ORDER BY run_id");
  const removeSession = prepareChange(db, "DELETE FROM running WHERE session_id = ?");
  const removeOld = prepareChange(
    db,
    "DELETE FROM running WHERE run_id IN (SELECT run_id FROM running WHERE ts_ms < ? LIMIT ?)",
  );

  return {
    write(rows) {
      const { ends, started, kept } = splitRunning(rows);
      for (const { tenantId, spanId } of ends) if (spanId !== null) remove(tenantId, spanId);
      for (const row of started) insert(row.tenantId, row.spanId, row.sessionId, row.tsMs, JSON.stringify(row));
      return kept;
    },
    end(sessionId, atMs, reason) {
      const rows = select(sessionId).map(([row]) => givenUp(JSON.parse(row), atMs, reason));
      removeSession(sessionId);
      return rows;
    },
    prune: (beforeMs, limit) => removeOld(beforeMs, limit),
  };
}
