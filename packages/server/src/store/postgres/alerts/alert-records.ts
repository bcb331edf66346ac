import type { AlertRow, DeliveryRow } from "../../alert-store.ts";
import { textOfColumn } from "../column-text.ts";

/** What an alert is read as. */
export interface AlertRecord {
  readonly tenant_id: string;
  readonly fingerprint: string;
  readonly alert: string;
  readonly memory: string;
}

/** What a delivery is read as. */
export interface DeliveryRecord {
  readonly tenant_id: string;
  readonly delivery: string;
  readonly notification: string;
  readonly due_ms: number | null;
}

export const ALERT = "tenant_id, fingerprint, alert, memory";
export const DELIVERY = "tenant_id, delivery, notification, due_ms";

export function alertOf({ tenant_id, fingerprint, alert, memory }: AlertRecord): AlertRow {
  return {
    tenantId: textOfColumn(tenant_id),
    fingerprint: textOfColumn(fingerprint),
    alert: JSON.parse(alert),
    memory: JSON.parse(memory),
  };
}

export function deliveryOf({ tenant_id, delivery, notification, due_ms }: DeliveryRecord): DeliveryRow {
  return {
    tenantId: textOfColumn(tenant_id),
    delivery: JSON.parse(delivery),
    notification: JSON.parse(notification),
    dueMs: due_ms,
  };
}
