import type { Migration } from "../migrate.ts";

/** Log lines have a database of their own, beside this one; no release has left any here. */
export const noLogs: Migration = {
  version: 4,
  sql: `
    DROP TABLE logs;
    -- Of jobs that had nothing but log lines in a segment.
    DELETE FROM runs WHERE last_seq = 0;
    ALTER TABLE runs DROP COLUMN logs;
    ALTER TABLE segments DROP COLUMN last_log_id;
  `,
};
