import type { DatabaseSync } from "node:sqlite";
import { ALERT_COLUMNS, type AlertGroupText, DELIVERY_COLUMNS, type PositionText } from "../../alert-texts.ts";
import { inTransaction } from "../connection.ts";

/** Writes alerts on the writer's connection; each call is a transaction of its own. */
export interface AlertWriter {
  putAlerts(group: AlertGroupText): void;
  /** @returns whether there is more to do */
  pruneAlerts(beforeMs: number, limit: number): boolean;
}

/** Prepares the statements on the writing connection. */
export function createAlertWriter(db: DatabaseSync): AlertWriter {
  const putAlert = db.prepare(upsert("alerts", ALERT_COLUMNS));
  const putDelivery = db.prepare(upsert("alert_deliveries", DELIVERY_COLUMNS));
  const putIncident = db.prepare(upsert("alert_incidents", ["group_key", "tenant_id", "incident"]));
  const removeIncident = db.prepare("DELETE FROM alert_incidents WHERE group_key = ?");
  const putPosition = db.prepare(
    upsert("alert_position", ["one", "fact_id", "at_ms", "windows_fact_id", "windows_ms", "windows"]),
  );
  const movePosition = db.prepare("UPDATE alert_position SET fact_id = ?, at_ms = ? WHERE one = 1");
  const pruneAlerts = db.prepare(prune("alerts", "alert_no", "resolved_ms"));
  const pruneDeliveries = db.prepare(prune("alert_deliveries", "delivery_no", "settled_ms"));

  function writePosition({ factId, atMs, windows }: PositionText): void {
    if (windows !== null) putPosition.run(1, factId, atMs, windows.factId, windows.atMs, windows.snapshot);
    // Without windows there is nothing to catch up with yet: they are as of here, and empty.
    else if (movePosition.run(factId, atMs).changes === 0) putPosition.run(1, factId, atMs, factId, atMs, "{}");
  }

  return {
    putAlerts: ({ alerts, deliveries, incidents, position }) =>
      inTransaction(db, "BEGIN IMMEDIATE", () => {
        for (const values of alerts) putAlert.run(...values);
        for (const values of deliveries) putDelivery.run(...values);
        for (const { groupKey, tenantId, incident } of incidents) {
          if (incident === null) removeIncident.run(groupKey);
          else putIncident.run(groupKey, tenantId, incident);
        }
        if (position !== null) writePosition(position);
      }),
    pruneAlerts: (beforeMs, limit) =>
      inTransaction(db, "BEGIN IMMEDIATE", () => {
        const alerts = Number(pruneAlerts.run(beforeMs, limit).changes);
        const deliveries = Number(pruneDeliveries.run(beforeMs, limit).changes);
        return alerts === limit || deliveries === limit;
      }),
  };
}

/** By the first column. */
function upsert(table: string, [key, ...rest]: readonly string[]): string {
  const marks = Array(rest.length + 1).fill("?");
  const news = rest.map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${[key, ...rest].join(", ")}) VALUES (${marks.join(", ")})
    ON CONFLICT (${key}) DO UPDATE SET ${news.join(", ")}`;
}

function prune(table: string, key: string, endMs: string): string {
  return `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${endMs} < ? ORDER BY ${endMs} LIMIT ?)`;
}
