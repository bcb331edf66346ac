import type { ErrorDetails, ExecutionCategory, ExecutionCost, JsonObject } from "@playhead/core";

/** A call that has ended, as it is handed to an observer. */
export interface EndedExecution {
  readonly name: string;
  readonly category: ExecutionCategory;
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Its own id, where others were told it before it ended. @defaultValue a new one */
  readonly span_id?: string;
  readonly parameters?: JsonObject;
  readonly result_summary?: string;
  readonly error?: ErrorDetails;
  readonly cost?: ExecutionCost;
  readonly metadata?: JsonObject;
}
