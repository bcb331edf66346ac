import type { Migration } from "../../migrate.ts";

/** What is observed beside the facts: entries, calls under way, rollups, samples of the machine. */
export const firstTables: Migration = {
  version: 1,
  sql: `
    -- What this database goes by: see meta.ts.
    CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

    -- Append only, in the order of arrival, without an index: words find, and blocks say when.
    CREATE TABLE entries (
      entry_id INTEGER PRIMARY KEY,
      ts_ms INTEGER NOT NULL,
      tenant_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      -- Places in core's lists.
      event_type INTEGER NOT NULL,
      level INTEGER NOT NULL,
      category INTEGER,
      logger TEXT NOT NULL,
      function_name TEXT,
      message TEXT NOT NULL,
      duration_ms REAL,
      memory_bytes REAL,
      job_id TEXT,
      task_id TEXT,
      trace_id TEXT,
      span_id TEXT,
      parent_span_id TEXT,
      stage TEXT,
      user_id TEXT,
      result_summary TEXT,
      -- JSON
      parameters TEXT,
      error_details TEXT,
      metadata TEXT
    ) STRICT;

    -- The words of each entry, and a token for each attribute that can be asked for (see entry-tokens.ts).
    CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='ascii');

    -- Entries in stretches of so many ids, with the times that lie in each. The last one stays, whatever is deleted.
    CREATE TABLE blocks (
      block INTEGER PRIMARY KEY,
      min_ts_ms INTEGER NOT NULL,
      max_ts_ms INTEGER NOT NULL,
      last_id INTEGER NOT NULL
    ) STRICT;

    -- Calls under way.
    CREATE TABLE running (
      run_id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant_id TEXT NOT NULL,
      span_id TEXT,
      session_id TEXT NOT NULL,
      ts_ms INTEGER NOT NULL,
      row TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX running_by_span ON running (tenant_id, span_id);
    CREATE INDEX running_by_session ON running (session_id);

    -- What rollups are of.
    CREATE TABLE series (
      series_id INTEGER PRIMARY KEY,
      tenant_id TEXT NOT NULL,
      category INTEGER NOT NULL,
      name TEXT NOT NULL,
      UNIQUE (tenant_id, name, category)
    ) STRICT;

    -- Of all entries up to meta's rolled_up_to; the writer knows the rest.
    CREATE TABLE rollups (
      series_id INTEGER NOT NULL,
      -- Place in SPANS.
      span INTEGER NOT NULL,
      start_ms INTEGER NOT NULL,
      count INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      summarized INTEGER NOT NULL,
      sum_ms REAL NOT NULL,
      min_ms REAL NOT NULL,
      max_ms REAL NOT NULL,
      sketch TEXT NOT NULL,
      PRIMARY KEY (series_id, span, start_ms)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE samples (
      sample_id INTEGER PRIMARY KEY,
      tenant_id TEXT NOT NULL,
      ts_ms INTEGER NOT NULL,
      source TEXT NOT NULL,
      sample TEXT NOT NULL
    ) STRICT;
    CREATE INDEX samples_by_time ON samples (tenant_id, ts_ms);

    -- How far each source's reports have been taken.
    CREATE TABLE sources (source TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
