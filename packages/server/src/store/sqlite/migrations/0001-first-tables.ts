import type { Migration } from "../migrate.ts";

/** Facts and logs in commit order, what they add up to, and the way from a job to its own. */
export const firstTables: Migration = {
  version: 1,
  sql: `
    -- What this database is: its epoch.
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    -- Numbers for the words that stand in every fact.
    CREATE TABLE event_types (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

    -- What lists filter and sort by. A number is never given twice: segments hold it.
    CREATE TABLE jobs (
      job_no INTEGER PRIMARY KEY AUTOINCREMENT,
      job_id TEXT NOT NULL UNIQUE,
      tenant_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      title_key TEXT NOT NULL,
      user_id TEXT,
      state TEXT NOT NULL,
      correlation_id TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      ended_ms INTEGER,
      -- The segments that its facts and log lines can be in; open ones have no last.
      first_segment INTEGER NOT NULL,
      last_segment INTEGER
    ) STRICT;
    CREATE INDEX jobs_by_created ON jobs (tenant_id, created_ms, job_id);
    CREATE INDEX jobs_by_state ON jobs (tenant_id, state, created_ms, job_id);
    CREATE INDEX jobs_by_ended ON jobs (tenant_id, coalesce(ended_ms, 9007199254740991), job_id);
    CREATE INDEX jobs_by_title ON jobs (tenant_id, title_key, job_id);
    CREATE INDEX jobs_by_user ON jobs (tenant_id, user_id, created_ms, job_id) WHERE user_id IS NOT NULL;
    CREATE INDEX jobs_open ON jobs (tenant_id, created_ms, job_id) WHERE state NOT IN ('completed', 'canceled', 'failed');

    -- Each job as it stood at \`seq\`; the facts after it say the rest.
    CREATE TABLE job_projections (job_no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, summary TEXT NOT NULL) STRICT;

    -- id = job_no * 2^18 + place: a job's tasks lie side by side, in the order in which they came to be.
    CREATE TABLE tasks (
      id INTEGER PRIMARY KEY,
      job_no INTEGER NOT NULL,
      task_id TEXT NOT NULL,
      parent_id TEXT,
      state TEXT NOT NULL,
      task TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX tasks_by_id ON tasks (job_no, task_id);

    -- Append only and without an index by job, which would cost more than the row and age badly (see segments).
    CREATE TABLE facts (
      id INTEGER PRIMARY KEY,
      job_no INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      type INTEGER NOT NULL,
      ts_ms INTEGER NOT NULL,
      correlation_id TEXT,
      data TEXT NOT NULL
    ) STRICT;
    CREATE TABLE logs (
      id INTEGER PRIMARY KEY,
      job_no INTEGER NOT NULL,
      ts_ms INTEGER NOT NULL,
      level INTEGER NOT NULL,
      task_id TEXT,
      message TEXT NOT NULL,
      fields TEXT NOT NULL
    ) STRICT;

    -- A segment is a stretch of commits: the facts and log lines up to these ids, from the segment before on.
    CREATE TABLE segments (
      segment INTEGER PRIMARY KEY,
      last_fact_id INTEGER NOT NULL,
      last_log_id INTEGER NOT NULL
    ) STRICT;
    -- What each job has in a segment, as encoded ids; written in sorted order, when the segment is full.
    CREATE TABLE runs (
      segment INTEGER NOT NULL,
      job_no INTEGER NOT NULL,
      first_seq INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      facts BLOB NOT NULL,
      logs BLOB NOT NULL,
      PRIMARY KEY (segment, job_no)
    ) STRICT, WITHOUT ROWID;

    -- How far each worker's reports have been taken.
    CREATE TABLE sources (source TEXT PRIMARY KEY, n INTEGER NOT NULL, seen_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
