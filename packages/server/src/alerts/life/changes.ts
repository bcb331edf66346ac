import type { JsonObject } from "@playhead/core";
import type { AlertGroup, DeliveryRow, IncidentRow } from "../../store/alert-store.ts";
import type { Incident } from "./incident.ts";
import type { LiveAlert } from "./live-alert.ts";

/** What is to be stored in one transaction. */
export type Changes = Required<Omit<AlertGroup, "position">>;

/** Collects what is to be stored: of each thing what it was last. */
export function createChanges() {
  const alerts = new Map<string, Changes["alerts"][number]>();
  const deliveries = new Map<string, DeliveryRow>();
  const incidents = new Map<string, IncidentRow>();

  return {
    alert(row: LiveAlert): void {
      alerts.set(row.alert.alert_id, row);
    },
    deliveries(rows: readonly DeliveryRow[]): void {
      for (const row of rows) deliveries.set(row.delivery.delivery_id, row);
    },
    incident({ groupKey, tenantId }: Incident, incident: Incident | null): void {
      incidents.set(groupKey, { groupKey, tenantId, incident: incident as unknown as JsonObject | null });
    },
    /** All of it, which is not kept here any more; null when there is nothing. */
    take(): Changes | null {
      if (alerts.size + deliveries.size + incidents.size === 0) return null;
      const taken = {
        alerts: [...alerts.values()],
        deliveries: [...deliveries.values()],
        incidents: [...incidents.values()],
      };
      for (const each of [alerts, deliveries, incidents]) each.clear();
      return taken;
    },
    /** Takes back what could not be stored; what is newer stays. */
    giveBack(taken: Changes): void {
      for (const row of taken.alerts) if (!alerts.has(row.alert.alert_id)) alerts.set(row.alert.alert_id, row);
      for (const row of taken.deliveries) deliveries.set(row.delivery.delivery_id, row);
      for (const row of taken.incidents) if (!incidents.has(row.groupKey)) incidents.set(row.groupKey, row);
    },
  };
}
