import type { HealthCheck } from "@playhead/core";
import type { MirrorStatus } from "./mirror.ts";

/** Behind by so much, somebody should look. */
const LAG_MS = 30_000;

/**
 * The mirror reaches its project, and keeps up. Never critical: jobs, and who follows them here, do not need it, and what
 * it has not written waits in the store.
 */
export function supabaseCheck(status: () => MirrorStatus): HealthCheck<AbortSignal> {
  return {
    component: "supabase",
    async run() {
      const { circuit, lagMs, error, eventsWritten, jobsWritten, rowsSkipped } = status();
      const details = {
        ...{ circuit, lag_ms: lagMs, events_written: eventsWritten, jobs_written: jobsWritten },
        rows_skipped: rowsSkipped,
        ...(error !== null && { error }),
      };
      if (error !== null) {
        return { status: "warning", message: "Supabase cannot be written to; what happens waits here", details };
      }
      if (lagMs > LAG_MS) {
        return { status: "warning", message: `Supabase is behind by ${Math.round(lagMs / 1_000)} s`, details };
      }
      if (rowsSkipped > 0) {
        return { status: "warning", message: `${rowsSkipped} rows were refused by Supabase and left out`, details };
      }
      return { status: "healthy", message: "what happens is in Supabase", details };
    },
  };
}
