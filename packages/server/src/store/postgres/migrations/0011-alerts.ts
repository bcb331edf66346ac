import type { Migration } from "../migrate.ts";

/** What rules have found, what people are told of it, and how far the log of facts was read for it. */
export const alerts: Migration = {
  version: 11,
  name: "alerts",
  sql: `
    CREATE TABLE playhead.alerts (
      alert_id text COLLATE "C" PRIMARY KEY,
      tenant_id text NOT NULL,
      fingerprint text NOT NULL,
      rule_id text NOT NULL,
      level text NOT NULL,
      state text NOT NULL,
      job_id text,
      pending_ms bigint NOT NULL,
      resolved_ms bigint,
      -- JSON
      alert text NOT NULL,
      memory text NOT NULL
    ) WITH (fillfactor = 80);
    CREATE INDEX alerts_by_time ON playhead.alerts (tenant_id, pending_ms, alert_id);
    CREATE INDEX alerts_by_rule ON playhead.alerts (tenant_id, rule_id, pending_ms, alert_id);
    CREATE INDEX alerts_by_job ON playhead.alerts (tenant_id, job_id, pending_ms, alert_id) WHERE job_id IS NOT NULL;
    CREATE INDEX alerts_live ON playhead.alerts (tenant_id, pending_ms, alert_id) WHERE state <> 'resolved';
    CREATE INDEX alerts_by_end ON playhead.alerts (resolved_ms) WHERE resolved_ms IS NOT NULL;

    -- Alerts that are told of together, while they last.
    CREATE TABLE playhead.alert_incidents (
      incident_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      group_key text NOT NULL UNIQUE,
      tenant_id text NOT NULL,
      -- JSON
      incident text NOT NULL
    );

    -- The outbox, and the log of what became of it.
    CREATE TABLE playhead.alert_deliveries (
      delivery_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      delivery_id text COLLATE "C" NOT NULL UNIQUE,
      tenant_id text NOT NULL,
      channel text NOT NULL,
      group_key text NOT NULL,
      rule_id text NOT NULL,
      state text NOT NULL,
      created_ms bigint NOT NULL,
      -- Null once it is settled.
      due_ms bigint,
      settled_ms bigint,
      -- JSON
      delivery text NOT NULL,
      notification text NOT NULL
    ) WITH (fillfactor = 80);
    CREATE INDEX alert_deliveries_by_time ON playhead.alert_deliveries (tenant_id, created_ms, delivery_id);
    CREATE INDEX alert_deliveries_due ON playhead.alert_deliveries (due_ms) WHERE due_ms IS NOT NULL;
    -- What has to go first, and how much waits for which channel.
    CREATE INDEX alert_deliveries_in_order ON playhead.alert_deliveries (channel, tenant_id, group_key, delivery_no)
      WHERE due_ms IS NOT NULL;
    CREATE INDEX alert_deliveries_dead ON playhead.alert_deliveries (state) WHERE state = 'dead';
    CREATE INDEX alert_deliveries_by_end ON playhead.alert_deliveries (settled_ms) WHERE settled_ms IS NOT NULL;

    -- One row. The windows are as of this fact, or of one before it.
    CREATE TABLE playhead.alert_position (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      fact_id bigint NOT NULL,
      at_ms bigint NOT NULL,
      windows_fact_id bigint NOT NULL,
      windows_ms bigint NOT NULL,
      -- JSON
      windows text NOT NULL
    );
  `,
};
