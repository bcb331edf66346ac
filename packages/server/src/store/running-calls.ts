import type { EntryRow } from "./telemetry-store.ts";

/** What the entries of a group say of calls under way. */
export interface RunningChanges {
  /** Calls that have ended: whatever runs with their tenant and span is over. */
  readonly ends: readonly EntryRow[];
  /** Calls that have begun, and not ended in the same group. */
  readonly started: readonly EntryRow[];
  /** The entries to keep: all but those that begin. */
  readonly kept: readonly EntryRow[];
}

/** Tells the entries of a group apart. */
export function splitRunning(rows: readonly EntryRow[]): RunningChanges {
  const spanOf = (row: EntryRow) => `${row.tenantId} ${row.spanId}`;
  const ends = rows.filter(({ eventType }) => eventType === "complete" || eventType === "error");
  const ended = new Set(ends.map(spanOf));
  const started = rows.filter((row) => row.eventType === "start" && (row.spanId === null || !ended.has(spanOf(row))));
  return { ends, started, kept: rows.filter(({ eventType }) => eventType !== "start") };
}

/** What a call under way becomes that nobody will hear of again. */
export function givenUp(row: EntryRow, atMs: number, reason: string): EntryRow {
  return {
    ...row,
    eventType: "error",
    level: "error",
    message: `Interrupted: ${reason}`,
    durationMs: Math.max(0, atMs - row.tsMs),
    body: { ...row.body, error_details: { class: "Interrupted", message: reason } },
  };
}
