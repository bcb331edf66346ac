import type {
  ErrorDetails,
  ExecutionCategory,
  ExecutionCost,
  JsonObject,
  LogRecordData,
  SystemSample,
} from "@playhead/core";

/** A call that has ended, as it is handed to an {@link Observer}. */
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

/** Takes observations from the user's code; never throws, never blocks. */
export interface Observer {
  /** Parent and trace come from the context of the calling code. */
  executionEnded(execution: EndedExecution): void;
  log(line: LogRecordData & { readonly job_id?: string }): void;
  sampled(sample: SystemSample): void;
}

let current: Observer | null = null;

/** Whoever observes in this process; null when nobody does. */
export function currentObserver(): Observer | null {
  return current;
}

/** From now on this one observes. @returns what takes it back, if it still does */
export function setCurrentObserver(observer: Observer): () => void {
  current = observer;
  return () => {
    if (current === observer) current = null;
  };
}
