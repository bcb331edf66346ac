import type { AlertStore, LogMoment } from "../../alert-store.ts";
import { columnText, textOfColumn } from "../column-text.ts";
import type { Session } from "../postgres-database.ts";
import { ALERT, type AlertRecord, alertOf, DELIVERY, type DeliveryRecord, deliveryOf } from "./alert-records.ts";

/** What of the store reads alerts, but for lists and the log of facts. */
export type AlertReader = Pick<
  AlertStore,
  | "readAlertPosition"
  | "readLiveAlerts"
  | "readIncidents"
  | "readAlert"
  | "readDueDeliveries"
  | "nextDueMs"
  | "countDeliveries"
  | "readDelivery"
>;

const SELECT_LIVE = `
  SELECT ${ALERT} FROM playhead.alerts WHERE state <> 'resolved'
  UNION ALL SELECT ${ALERT} FROM playhead.alerts WHERE state = 'resolved' AND resolved_ms > $1`;
const SELECT_DUE = `
  SELECT ${DELIVERY} FROM playhead.alert_deliveries AS due
  WHERE due_ms <= $1 AND channel <> ALL($2::text[]) AND NOT EXISTS (
    SELECT FROM playhead.alert_deliveries AS before
    WHERE before.channel = due.channel AND before.tenant_id = due.tenant_id AND before.group_key = due.group_key
      AND before.delivery_no < due.delivery_no AND before.due_ms IS NOT NULL
  ) ORDER BY due_ms, delivery_no LIMIT $3`;
const COUNT_PENDING = `
  SELECT channel, count(*) AS count FROM playhead.alert_deliveries WHERE due_ms IS NOT NULL GROUP BY channel`;

export function createAlertReader(session: Session): AlertReader {
  return {
    async readAlertPosition() {
      const { rows } = await session.query<LogMoment & WindowsRecord>(
        `SELECT fact_id AS "factId", at_ms AS "atMs", windows_fact_id, windows_ms, windows AS snapshot
         FROM playhead.alert_position`,
      );
      const [row] = rows;
      if (row === undefined) return null;
      const { factId, atMs, windows_fact_id, windows_ms, snapshot } = row;
      return { factId, atMs, windows: { factId: windows_fact_id, atMs: windows_ms, snapshot: JSON.parse(snapshot) } };
    },
    async readLiveAlerts(resolvedSinceMs) {
      return (await session.query<AlertRecord>(SELECT_LIVE, [resolvedSinceMs])).rows.map(alertOf);
    },
    async readIncidents() {
      const { rows } = await session.query<{ group_key: string; tenant_id: string; incident: string }>(
        "SELECT group_key, tenant_id, incident FROM playhead.alert_incidents ORDER BY incident_no",
      );
      return rows.map(({ group_key, tenant_id, incident }) => {
        return {
          groupKey: textOfColumn(group_key),
          tenantId: textOfColumn(tenant_id),
          incident: JSON.parse(incident),
        };
      });
    },
    async readAlert(tenantId, alertId) {
      const { rows } = await session.query<AlertRecord>(
        `SELECT ${ALERT} FROM playhead.alerts WHERE alert_id = $1 AND tenant_id = $2`,
        [columnText(alertId), columnText(tenantId)],
      );
      return rows[0] === undefined ? null : alertOf(rows[0]);
    },
    async readDueDeliveries(dueMs, limit, withoutChannels = []) {
      const values = [dueMs, withoutChannels.map(columnText), limit];
      return (await session.query<DeliveryRecord>(SELECT_DUE, values)).rows.map(deliveryOf);
    },
    async nextDueMs() {
      const { rows } = await session.query<{ next: number | null }>(
        "SELECT min(due_ms) AS next FROM playhead.alert_deliveries WHERE due_ms IS NOT NULL",
      );
      return rows[0]?.next ?? null;
    },
    async countDeliveries() {
      const [byChannel, dead] = await Promise.all([
        session.query<{ channel: string; count: number }>(COUNT_PENDING),
        session.query<{ count: number }>(
          "SELECT count(*) AS count FROM playhead.alert_deliveries WHERE state = 'dead'",
        ),
      ]);
      const channels = byChannel.rows.map(({ channel, count }) => [textOfColumn(channel), count] as const);
      const pending = channels.reduce((sum, [, count]) => sum + count, 0);
      return { pending, pendingByChannel: Object.fromEntries(channels), dead: dead.rows[0]?.count ?? 0 };
    },
    async readDelivery(tenantId, deliveryId) {
      const { rows } = await session.query<DeliveryRecord>(
        `SELECT ${DELIVERY} FROM playhead.alert_deliveries WHERE delivery_id = $1 AND tenant_id = $2`,
        [columnText(deliveryId), columnText(tenantId)],
      );
      return rows[0] === undefined ? null : deliveryOf(rows[0]);
    },
  };
}

interface WindowsRecord {
  readonly windows_fact_id: number;
  readonly windows_ms: number;
  readonly snapshot: string;
}
