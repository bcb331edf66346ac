import type { Alert, AlertNotification } from "@playhead/core";

/** The notification that docs/alert-channels.md shows. */
export function notificationOf(more: Partial<AlertNotification> = {}): AlertNotification {
  return {
    notification_id: "ntf_5f0c",
    kind: "trigger",
    group_key: "builtin-error-rate:4c1d",
    rule_id: "builtin-error-rate",
    rule_name: "Error rate",
    level: "critical",
    title: "42 % of clips fail",
    message: "Error rate of clips is 0.42 (threshold 0.1) over the last 10 minutes.",
    alerts: [alertOf()],
    alert_count: 1,
    count: 1_204,
    causes: [
      { cause: "disk_full", count: 1_150 },
      { cause: "encoder_failed: Conversion failed!", count: 54 },
    ],
    runbook_url: "https://wiki.example/runbooks/error-rate",
    url: "https://playhead.example/alerts/alr_91",
    created_at: "2026-11-21T10:55:00.000Z",
    ...more,
  };
}

/** One of its alerts. */
export function alertOf(more: Partial<Alert> = {}): Alert {
  return {
    alert_id: "alr_91",
    rule_id: "builtin-error-rate",
    rule_name: "Error rate",
    level: "critical",
    state: "firing",
    labels: { kind: "clips" },
    value: 0.42,
    threshold: 0.1,
    measurements: { error_rate: 0.42 },
    message: "Error rate of clips is 0.42 (threshold 0.1) over the last 10 minutes.",
    runbook_url: "https://wiki.example/runbooks/error-rate",
    count: 1_204,
    causes: [{ cause: "disk_full", count: 1_150 }],
    job_id: "job_7f3a",
    pending_at: "2026-11-21T10:43:12.000Z",
    fired_at: "2026-11-21T10:43:12.000Z",
    resolved_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    silence_id: null,
    flaps: 0,
    ...more,
  };
}
