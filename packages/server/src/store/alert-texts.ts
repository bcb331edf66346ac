import type { AlertGroup, AlertPosition, AlertRow, DeliveryRow, IncidentRow } from "./alert-store.ts";

/** Rows as they go from thread to thread, and into their tables: a value for each column, in the order of these. */
export const ALERT_COLUMNS = [
  "alert_id",
  "tenant_id",
  "fingerprint",
  "rule_id",
  "level",
  "state",
  "job_id",
  "pending_ms",
  "resolved_ms",
  "alert",
  "memory",
] as const;
export const DELIVERY_COLUMNS = [
  "delivery_id",
  "tenant_id",
  "channel",
  "group_key",
  "rule_id",
  "state",
  "created_ms",
  "due_ms",
  "settled_ms",
  "delivery",
  "notification",
] as const;

/** The values of one row. */
export type RowValues = readonly (string | number | null)[];

/** A group whose rows are made on the side of the sender: the writer's thread is the one that everybody waits for. */
export interface AlertGroupText {
  readonly alerts: readonly RowValues[];
  readonly deliveries: readonly RowValues[];
  readonly incidents: readonly IncidentText[];
  readonly position: PositionText | null;
}

export interface IncidentText extends Omit<IncidentRow, "incident"> {
  /** Null for one that is over. */
  readonly incident: string | null;
}

export interface PositionText extends Omit<AlertPosition, "windows"> {
  readonly windows: { readonly factId: number; readonly atMs: number; readonly snapshot: string } | null;
}

/** An alert's row, as text. */
export interface AlertText extends Omit<AlertRow, "alert" | "memory"> {
  readonly alert: string;
  readonly memory: string;
}

/** A delivery's row, as text. */
export interface DeliveryText extends Omit<DeliveryRow, "delivery" | "notification"> {
  readonly delivery: string;
  readonly notification: string;
}

export function groupText({ alerts, deliveries, incidents = [], position }: AlertGroup): AlertGroupText {
  return {
    alerts: alerts.map(alertValues),
    deliveries: deliveries.map(deliveryValues),
    incidents: incidents.map((row) => ({
      ...row,
      incident: row.incident === null ? null : JSON.stringify(row.incident),
    })),
    position: position === null ? null : { ...position, windows: windowsText(position.windows) },
  };
}

function windowsText(windows: AlertPosition["windows"]): PositionText["windows"] {
  return windows === null ? null : { ...windows, snapshot: JSON.stringify(windows.snapshot) };
}

function alertValues({ tenantId, fingerprint, alert, memory }: AlertRow): RowValues {
  const { alert_id, rule_id, level, state, job_id, pending_at, resolved_at } = alert;
  const times = [Date.parse(pending_at), timeOf(resolved_at)];
  const texts = [JSON.stringify(alert), JSON.stringify(memory)];
  return [alert_id, tenantId, fingerprint, rule_id, level, state, job_id, ...times, ...texts];
}

function deliveryValues({ tenantId, delivery, notification, dueMs }: DeliveryRow): RowValues {
  const { delivery_id, channel, rule_id, state, created_at, settled_at } = delivery;
  const times = [Date.parse(created_at), dueMs, timeOf(settled_at)];
  const texts = [JSON.stringify(delivery), JSON.stringify(notification)];
  return [delivery_id, tenantId, channel, notification.group_key, rule_id, state, ...times, ...texts];
}

const timeOf = (time: string | null) => (time === null ? null : Date.parse(time));
