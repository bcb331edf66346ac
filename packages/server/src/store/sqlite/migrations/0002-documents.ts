import type { Migration } from "../migrate.ts";

/** Small things that are found by their id (keys, callbacks, what a client must not do twice); and each job's liveness. */
export const documents: Migration = {
  version: 2,
  sql: `
    CREATE TABLE documents (
      collection TEXT NOT NULL,
      id TEXT NOT NULL,
      tenant_id TEXT NOT NULL,
      body TEXT NOT NULL,
      -- Null for what stays until it is removed.
      expires_ms INTEGER,
      PRIMARY KEY (collection, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX documents_by_expiry ON documents (expires_ms) WHERE expires_ms IS NOT NULL;

    -- What was written before there was such a thing is well.
    UPDATE job_projections SET summary = json_insert(summary, '$.liveness', 'ok', '$.liveness_since', NULL);
  `,
};
