import type { HealthCheck } from "../health.ts";

/** What the check asks of the ingest. */
export interface IngestState {
  /** Whether the store refuses to write at the moment. */
  readonly isStuck: () => boolean;
  /** Records that are not stored yet. */
  readonly pending: () => number;
}

/** More than this waits only when the store cannot keep up. */
const MANY_PENDING = 25_000;

/** What is reported is stored. */
export function ingestCheck({ isStuck, pending }: IngestState): HealthCheck {
  return {
    component: "ingest",
    async run() {
      const details = { pending_records: pending() };
      if (isStuck()) {
        return { status: "critical", message: "the store refuses to write; what is reported waits", details };
      }
      if (pending() > MANY_PENDING) {
        return { status: "warning", message: "the store can hardly keep up", details };
      }
      return { status: "healthy", message: "what is reported is stored", details };
    },
  };
}
