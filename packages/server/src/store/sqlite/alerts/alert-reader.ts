import type { DatabaseSync } from "node:sqlite";
import type { AlertsQuery, DeliveriesQuery, DeliveryCounts } from "../../alert-store.ts";
import type { AlertText, DeliveryText, IncidentText, PositionText } from "../../alert-texts.ts";
import { inTransaction, prepareRow, prepareRows } from "../connection.ts";
import type { TextPage } from "../list-jobs.ts";
import { createQueryRunner } from "../query-builder.ts";
import { listAlerts, listDeliveries } from "./list-alerts.ts";

/** Answers what is asked of alerts, as JSON text where it is a document. */
export interface AlertReader {
  readAlertPosition(): PositionText | null;
  readLiveAlerts(resolvedSinceMs: number): readonly AlertText[];
  readIncidents(): readonly IncidentText[];
  readAlert(tenantId: string, alertId: string): AlertText | null;
  listAlerts(query: AlertsQuery): TextPage;
  readDueDeliveries(dueMs: number, limit: number, withoutChannels: readonly string[]): readonly DeliveryText[];
  nextDueMs(): number | null;
  countDeliveries(): DeliveryCounts;
  readDelivery(tenantId: string, deliveryId: string): DeliveryText | null;
  listDeliveries(query: DeliveriesQuery): TextPage;
}

type AlertTuple = [tenantId: string, fingerprint: string, alert: string, memory: string];
type DeliveryTuple = [tenantId: string, delivery: string, notification: string, dueMs: number | null];

const ALERT = "tenant_id, fingerprint, alert, memory";
const DELIVERY = "tenant_id, delivery, notification, due_ms";

/** Prepares the queries on the reader's connection. */
export function createAlertReader(db: DatabaseSync): AlertReader {
  const run = createQueryRunner(db);
  const selectPosition = prepareRow<[number, number, number, number, string]>(
    db,
    "SELECT fact_id, at_ms, windows_fact_id, windows_ms, windows FROM alert_position",
  );
  const selectLive = prepareRows<AlertTuple>(
    db,
    `SELECT ${ALERT} FROM alerts WHERE state <> 'resolved'
     UNION ALL SELECT ${ALERT} FROM alerts WHERE state = 'resolved' AND resolved_ms > ?`,
  );
  const selectIncidents = prepareRows<[string, string, string]>(
    db,
    "SELECT group_key, tenant_id, incident FROM alert_incidents ORDER BY incident_no",
  );
  const selectAlert = prepareRow<AlertTuple>(db, `SELECT ${ALERT} FROM alerts WHERE alert_id = ? AND tenant_id = ?`);
  const selectDue = prepareRows<DeliveryTuple>(
    db,
    `SELECT ${DELIVERY} FROM alert_deliveries AS due
     WHERE due_ms <= ? AND channel NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
       SELECT 1 FROM alert_deliveries AS before
       WHERE before.channel = due.channel AND before.tenant_id = due.tenant_id AND before.group_key = due.group_key
         AND before.delivery_no < due.delivery_no AND before.due_ms IS NOT NULL
     ) ORDER BY due_ms, delivery_no LIMIT ?`,
  );
  const selectNextDue = prepareRow<[number | null]>(
    db,
    "SELECT min(due_ms) FROM alert_deliveries WHERE due_ms IS NOT NULL",
  );
  const selectPending = prepareRows<[channel: string, count: number]>(
    db,
    "SELECT channel, count(*) FROM alert_deliveries WHERE due_ms IS NOT NULL GROUP BY channel",
  );
  const selectDead = prepareRow<[number]>(db, "SELECT count(*) FROM alert_deliveries WHERE state = 'dead'");
  const selectDelivery = prepareRow<DeliveryTuple>(
    db,
    `SELECT ${DELIVERY} FROM alert_deliveries WHERE delivery_id = ? AND tenant_id = ?`,
  );

  return {
    readAlertPosition() {
      const row = selectPosition();
      if (row === undefined) return null;
      const [factId, atMs, windowsFactId, windowsMs, snapshot] = row;
      return { factId, atMs, windows: { factId: windowsFactId, atMs: windowsMs, snapshot } };
    },
    readLiveAlerts: (resolvedSinceMs) => inTransaction(db, "BEGIN", () => selectLive(resolvedSinceMs).map(alertOf)),
    readIncidents: () => selectIncidents().map(([groupKey, tenantId, incident]) => ({ groupKey, tenantId, incident })),
    readAlert(tenantId, alertId) {
      const row = selectAlert(alertId, tenantId);
      return row === undefined ? null : alertOf(row);
    },
    listAlerts: (query) => listAlerts(run, query),
    readDueDeliveries: (dueMs, limit, withoutChannels) =>
      selectDue(dueMs, JSON.stringify(withoutChannels), limit).map(deliveryOf),
    nextDueMs: () => selectNextDue()?.[0] ?? null,
    countDeliveries() {
      const byChannel = selectPending();
      const pending = byChannel.reduce((sum, [, count]) => sum + count, 0);
      return { pending, pendingByChannel: Object.fromEntries(byChannel), dead: selectDead()?.[0] ?? 0 };
    },
    readDelivery(tenantId, deliveryId) {
      const row = selectDelivery(deliveryId, tenantId);
      return row === undefined ? null : deliveryOf(row);
    },
    listDeliveries: (query) => listDeliveries(run, query),
  };
}

function alertOf([tenantId, fingerprint, alert, memory]: AlertTuple): AlertText {
  return { tenantId, fingerprint, alert, memory };
}

function deliveryOf([tenantId, delivery, notification, dueMs]: DeliveryTuple): DeliveryText {
  return { tenantId, delivery, notification, dueMs };
}
