import type { Migration } from "../migrate.ts";

/** What rules have found, what people are told of it, and how far the log of facts was read for it. */
export const alerts: Migration = {
  version: 6,
  sql: `
    CREATE TABLE alerts (
      alert_no INTEGER PRIMARY KEY,
      alert_id TEXT NOT NULL UNIQUE,
      tenant_id TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      rule_id TEXT NOT NULL,
      level TEXT NOT NULL,
      state TEXT NOT NULL,
      job_id TEXT,
      pending_ms INTEGER NOT NULL,
      resolved_ms INTEGER,
      alert TEXT NOT NULL,
      memory TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alerts_by_time ON alerts (tenant_id, pending_ms, alert_id);
    CREATE INDEX alerts_by_rule ON alerts (tenant_id, rule_id, pending_ms, alert_id);
    CREATE INDEX alerts_by_job ON alerts (tenant_id, job_id, pending_ms, alert_id) WHERE job_id IS NOT NULL;
    CREATE INDEX alerts_live ON alerts (tenant_id, pending_ms, alert_id) WHERE state <> 'resolved';
    CREATE INDEX alerts_by_end ON alerts (resolved_ms) WHERE resolved_ms IS NOT NULL;

    -- Alerts that are told of together, while they last.
    CREATE TABLE alert_incidents (
      incident_no INTEGER PRIMARY KEY,
      group_key TEXT NOT NULL UNIQUE,
      tenant_id TEXT NOT NULL,
      incident TEXT NOT NULL
    ) STRICT;

    -- The outbox, and the log of what became of it.
    CREATE TABLE alert_deliveries (
      delivery_no INTEGER PRIMARY KEY,
      delivery_id TEXT NOT NULL UNIQUE,
      tenant_id TEXT NOT NULL,
      channel TEXT NOT NULL,
      group_key TEXT NOT NULL,
      rule_id TEXT NOT NULL,
      state TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      -- Null once it is settled.
      due_ms INTEGER,
      settled_ms INTEGER,
      delivery TEXT NOT NULL,
      notification TEXT NOT NULL
    ) STRICT;
    CREATE INDEX alert_deliveries_by_time ON alert_deliveries (tenant_id, created_ms, delivery_id);
    CREATE INDEX alert_deliveries_due ON alert_deliveries (due_ms) WHERE due_ms IS NOT NULL;
    -- What has to go first, and how much waits for which channel.
    CREATE INDEX alert_deliveries_in_order ON alert_deliveries (channel, tenant_id, group_key, delivery_no)
      WHERE due_ms IS NOT NULL;
    CREATE INDEX alert_deliveries_dead ON alert_deliveries (state) WHERE state = 'dead';
    CREATE INDEX alert_deliveries_by_end ON alert_deliveries (settled_ms) WHERE settled_ms IS NOT NULL;

    -- One row. The windows are as of this fact, or of one before it.
    CREATE TABLE alert_position (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      fact_id INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      windows_fact_id INTEGER NOT NULL,
      windows_ms INTEGER NOT NULL,
      windows TEXT NOT NULL
    ) STRICT;
  `,
};
