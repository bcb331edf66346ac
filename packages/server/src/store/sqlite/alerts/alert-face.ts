import type { Alert, AlertDelivery } from "@playhead/core";
import type { AlertRow, AlertStore, DeliveryRow, LoggedFact } from "../../alert-store.ts";
import { type AlertText, type DeliveryText, groupText } from "../../alert-texts.ts";
import type { Page } from "../../store.ts";
import type { TextPage } from "../list-jobs.ts";
import type { ReaderService, ReaderServiceOptions } from "../reader-service.ts";
import type { ThreadCaller } from "../thread.ts";
import type { WriterService, WriterServiceOptions } from "../writer-service.ts";

/** The part of the store's face that keeps alerts. */
export function createAlertFace(
  ask: ThreadCaller<ReaderServiceOptions, ReaderService>["call"],
  write: ThreadCaller<WriterServiceOptions, WriterService>["call"],
): AlertStore {
  return {
    putAlerts: (group) => write("putAlerts", groupText(group)),
    async readAlertPosition() {
      const position = await ask("readAlertPosition");
      if (position?.windows == null) return null;
      return { ...position, windows: { ...position.windows, snapshot: JSON.parse(position.windows.snapshot) } };
    },
    readLiveAlerts: async (resolvedSinceMs) => (await ask("readLiveAlerts", resolvedSinceMs)).map(alertOf),
    readIncidents: async () =>
      (await ask("readIncidents")).map((row) => ({ ...row, incident: JSON.parse(String(row.incident)) })),
    async readAlert(tenantId, alertId) {
      const text = await ask("readAlert", tenantId, alertId);
      return text === null ? null : alertOf(text);
    },
    listAlerts: async (query) => pageOf<Alert>(await ask("listAlerts", query)),
    readDueDeliveries: async (dueMs, limit, withoutChannels = []) =>
      (await ask("readDueDeliveries", dueMs, limit, withoutChannels)).map(deliveryOf),
    nextDueMs: () => ask("nextDueMs"),
    countDeliveries: () => ask("countDeliveries"),
    async readDelivery(tenantId, deliveryId) {
      const text = await ask("readDelivery", tenantId, deliveryId);
      return text === null ? null : deliveryOf(text);
    },
    listDeliveries: async (query) => pageOf<AlertDelivery>(await ask("listDeliveries", query)),
    readFactLog: async (afterFactId, limit) =>
      JSON.parse(await ask("readFactLog", afterFactId, limit)) as readonly LoggedFact[],
    readFactLogEnd: () => ask("readFactLogEnd"),
    readFactLogStart: (afterFactId, limit) => ask("readFactLogStart", afterFactId, limit),
    pruneAlerts: (beforeMs, limit) => write("pruneAlerts", beforeMs, limit),
  };
}

function alertOf(text: AlertText): AlertRow {
  return { ...text, alert: JSON.parse(text.alert), memory: JSON.parse(text.memory) };
}

function deliveryOf(text: DeliveryText): DeliveryRow {
  return { ...text, delivery: JSON.parse(text.delivery), notification: JSON.parse(text.notification) };
}

function pageOf<Item>({ items, next }: TextPage): Page<Item> {
  return { items: items.map((text) => JSON.parse(text)), next };
}
