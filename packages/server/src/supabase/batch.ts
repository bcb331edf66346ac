import { isFinalJobState, type JobSummary, type PlayheadEvent } from "@playhead/core";

/** What one call writes: all of it, or nothing. */
export interface Batch {
  /** Names the history that this is of. */
  readonly epoch: string;
  /** Rows of `playhead_job_events`, each as JSON; of a job in the order of their `seq`. */
  readonly events: readonly string[];
  /** Rows of `playhead_jobs`, each as JSON. */
  readonly jobs: readonly string[];
}

/** A fact as the table has it. */
export function eventRow(tenantId: string, { job_id, seq, type, ts, correlation_id, data }: PlayheadEvent): string {
  return storable(JSON.stringify({ job_id, seq, tenant_id: tenantId, type, ts, correlation_id, data }));
}

/** A job as the table has it. What its creator attached is left out: it is nothing that viewers need. */
export function jobRow(job: JobSummary): string {
  const { job_id, tenant_id, kind, title, user_id, state, liveness, error, created_at, started_at, ended_at } = job;
  const { progress, rate_limited, seq } = job;
  const isOver = isFinalJobState(state);
  return storable(
    JSON.stringify({
      ...{ job_id, tenant_id, kind, title, user_id, state, liveness, error, created_at, started_at, ended_at, seq },
      percent_complete: progress.percent_complete,
      eta_ms: isOver ? null : wholeOrNull(progress.eta_ms),
      eta_low_ms: isOver ? null : wholeOrNull(progress.eta_low_ms),
      eta_high_ms: isOver ? null : wholeOrNull(progress.eta_high_ms),
      estimated_completion: isOver ? null : progress.estimated_completion,
      items_total: progress.items_total,
      items_completed: progress.items_completed,
      items_failed: progress.items_failed,
      items_skipped: progress.items_skipped,
      items_canceled: progress.items_canceled,
      items_per_minute: progress.items_per_minute,
      rate_limited,
      current_step: progress.current_step,
      errors_encountered: progress.errors_encountered,
    }),
  );
}

function wholeOrNull(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

/**
 * PostgreSQL's `jsonb` takes neither the character 0 nor half a surrogate pair. `JSON.stringify` escapes both, and no
 * whole pair: each of these escapes becomes the character that stands for what cannot be shown.
 */
function storable(json: string): string {
  if (!json.includes("\\u")) return json;
  // Escapes are read one after the other: in "\\u0000" the backslash is the escaped one.
  return json.replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|[\s\S])/g, (each) => (each.length > 2 ? "\\ufffd" : each));
}
