import type { Alert, AlertDelivery, AlertNotification } from "@playhead/core";
import type { AlertGroup, AlertRow, DeliveryRow } from "../alert-store.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** A time of tests: so many minutes after their start. */
export const minute = (minutes: number) => new Date(START_MS + minutes * 60_000).toISOString();
/** The same in milliseconds. */
export const minuteMs = (minutes: number) => START_MS + minutes * 60_000;

/** A group with nothing in it. */
export const NO_ALERTS: AlertGroup = { alerts: [], deliveries: [], position: null };

/** An alert that is fit to be stored. */
export function alertRow(tenantId: string, id: string, more: Partial<Alert> = {}): AlertRow {
  const alert: Alert = {
    alert_id: id,
    rule_id: "rule",
    rule_name: "Rule 日本",
    level: "error",
    state: "firing",
    labels: { kind: "clips" },
    value: 0.25,
    threshold: 0.1,
    measurements: { error_rate: 0.25 },
    message: "too many failures",
    runbook_url: null,
    count: 3,
    causes: [{ cause: "disk_full", count: 3 }],
    job_id: null,
    pending_at: minute(0),
    fired_at: minute(0),
    resolved_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    silence_id: null,
    flaps: 0,
    ...more,
  };
  return { tenantId, fingerprint: `print-${id}`, alert, memory: { firedMs: [1, 2] } };
}

/** A delivery that is fit to be stored: pending, and due at once. */
export function deliveryRow(
  tenantId: string,
  id: string,
  more: Partial<AlertDelivery> = {},
  groupKey = `group-${id}`,
): DeliveryRow {
  const notification: AlertNotification = {
    notification_id: `n-${id}`,
    kind: "trigger",
    group_key: groupKey,
    rule_id: "rule",
    rule_name: "Rule 日本",
    level: "error",
    title: "Rule",
    message: "too many failures",
    alerts: [],
    alert_count: 1,
    count: 3,
    causes: [],
    runbook_url: null,
    url: null,
    created_at: minute(0),
  };
  const { notification_id, kind, rule_id, rule_name, level, title, created_at } = notification;
  const delivery: AlertDelivery = {
    ...{ notification_id, kind, rule_id, rule_name, level, title, created_at },
    delivery_id: id,
    channel: "ops",
    channel_type: "webhook",
    state: "pending",
    reason: null,
    attempt_count: 0,
    attempts: [],
    next_attempt_at: created_at,
    settled_at: null,
    ...more,
  };
  const dueMs = delivery.next_attempt_at === null ? null : Date.parse(delivery.next_attempt_at);
  return { tenantId, delivery, notification, dueMs };
}
