import { createHash } from "node:crypto";
import type { AlertNotification } from "@playhead/core";
import { manyLines, oneLine } from "./plain-text.ts";
import { webAddress } from "./words.ts";

const KEY_LENGTH = 255;
const CAUSES = 5;
const LINE_LENGTH = 200;
const MESSAGE_LENGTH = 2_000;

/** The key of a group, as receivers take it: itself, or what stands for one that is too long. */
export function shortKey(groupKey: string): string {
  if (groupKey.length <= KEY_LENGTH && /^[\x20-\x7e]+$/.test(groupKey)) return groupKey;
  return createHash("sha256").update(groupKey).digest("hex");
}

/**
 * A notification for programs to read, of at most so many bytes as JSON: texts are bounded, and of its alerts there are as
 * many as fit; `alert_count` says how many there are.
 *
 * @param maxBytes at least 16,000, which holds any notification without its alerts
 */
export function boundedNotification(notification: AlertNotification, maxBytes: number): AlertNotification {
  const bounded = {
    ...notification,
    group_key: shortKey(notification.group_key),
    rule_name: oneLine(notification.rule_name, LINE_LENGTH),
    title: oneLine(notification.title, LINE_LENGTH),
    message: manyLines(notification.message, MESSAGE_LENGTH),
    causes: notification.causes
      .slice(0, CAUSES)
      .map(({ cause, count }) => ({ cause: oneLine(cause, LINE_LENGTH), count })),
    runbook_url: webAddress(notification.runbook_url),
    url: webAddress(notification.url),
    alerts: [] as AlertNotification["alerts"],
  };
  let roomBytes = maxBytes - sizeOf(bounded);
  bounded.alerts = notification.alerts.filter((alert) => {
    roomBytes -= sizeOf(alert) + 1;
    return roomBytes >= 0;
  });
  return bounded;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
