import { isEventType, PlayheadError, type PlayheadEvent } from "@playhead/core";
import { textOfColumn } from "./column-text.ts";

/** A fact as it is read, with what of its job stands in it. */
export interface StoredFact {
  readonly seq: number;
  readonly type: string;
  readonly tsMs: number;
  readonly correlationId: string;
  readonly data: string;
}

/** The columns of {@link StoredFact}, of the tables `facts` (f), `event_types` (t) and `jobs` (j). */
export const FACT_COLUMNS = `f.seq, t.name AS type, f.ts_ms AS "tsMs",
  coalesce(f.correlation_id, j.correlation_id) AS "correlationId", f.data`;

/**
 * The fact as viewers get it.
 *
 * @throws PlayheadError `data_newer` for a type that we do not know, and so could not fold
 */
export function eventOf(jobId: string, { seq, type, tsMs, correlationId, data }: StoredFact): PlayheadEvent {
  if (!isEventType(type)) {
    throw new PlayheadError(
      "data_newer",
      `the database was written by a newer Playhead (it holds events of type ${type})`,
      {
        hint: "update Playhead, or choose another database",
      },
    );
  }
  return {
    type,
    ts: new Date(tsMs).toISOString(),
    job_id: jobId,
    seq,
    correlation_id: textOfColumn(correlationId),
    data: JSON.parse(data),
  };
}
