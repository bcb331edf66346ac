import type { AlertLevel, AlertNotification } from "@playhead/core";

/** What a channel is tried out with. */
export function testNotification(id: string, nowMs: number, level: AlertLevel): AlertNotification {
  return {
    notification_id: id,
    kind: "test",
    group_key: `test:${id}`,
    rule_id: "test",
    rule_name: "Test",
    level,
    title: "Playhead can reach you here",
    message: "Somebody has tried out this channel. Nothing has happened, and there is nothing to do.",
    alerts: [],
    alert_count: 0,
    count: 0,
    causes: [],
    runbook_url: null,
    url: null,
    created_at: new Date(nowMs).toISOString(),
  };
}
