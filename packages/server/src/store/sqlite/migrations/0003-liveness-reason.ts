import type { Migration } from "../migrate.ts";

/** Why each job is not well, in words. */
export const livenessReason: Migration = {
  version: 3,
  sql: `
    -- Of what was written before, nobody knows.
    UPDATE job_projections SET summary = json_insert(summary, '$.liveness_reason', NULL);
  `,
};
