import type { Migration } from "../migrate.ts";

/** Finds jobs that ended and still have details, the oldest first. */
export const retention: Migration = {
  version: 5,
  sql: `
    -- A job whose details are gone has its first segment behind its last.
    CREATE INDEX jobs_with_details ON jobs (ended_ms) WHERE last_segment >= first_segment;
  `,
};
