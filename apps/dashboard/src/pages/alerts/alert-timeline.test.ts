import type { Alert, AlertDelivery } from "@playhead/core";
import { expect, test } from "vitest";
import { alertMoments } from "./alert-timeline.ts";

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 14, 0, second)).toISOString();

const ALERT: Alert = {
  alert_id: "a",
  rule_id: "r",
  rule_name: "Clips fail",
  level: "error",
  state: "resolved",
  labels: {},
  value: 0.34,
  threshold: 0.1,
  measurements: {},
  message: "34 % fail",
  runbook_url: null,
  count: 1,
  causes: [],
  job_id: null,
  pending_at: at(0),
  fired_at: at(10),
  resolved_at: at(50),
  acknowledged_at: at(30),
  acknowledged_by: "Ada",
  silence_id: null,
  flaps: 0,
};

const delivery = (second: number, changes: Partial<AlertDelivery> = {}): AlertDelivery => ({
  delivery_id: `d${second}`,
  notification_id: "n",
  rule_id: "r",
  rule_name: "Clips fail",
  kind: "trigger",
  level: "error",
  title: "Clips fail",
  channel: "ops",
  channel_type: "slack",
  state: "sent",
  reason: null,
  attempt_count: 1,
  attempts: [{ at: at(second), latency_ms: 120, error: null, answer: "200" }],
  created_at: at(second),
  next_attempt_at: null,
  settled_at: at(second + 1),
  ...changes,
});

test("what happened to an alert stands in its order, with what was told of it and what came of that", () => {
  const failed = [{ at: at(52), latency_ms: 9, error: "connection refused", answer: null }];
  const deliveries = [
    delivery(51, {
      kind: "resolve",
      state: "dead",
      attempt_count: 12,
      attempts: failed,
      reason: "given up after 12 tries",
    }),
    delivery(11),
    delivery(-60),
    delivery(300),
  ];
  expect(alertMoments(ALERT, deliveries).map(({ what, more }) => [what, more])).toEqual([
    ["The condition began to hold", null],
    ["It fired", "34 % fail"],
    ["Told ops (slack): firing", "200, 120 ms"],
    ["Ada acknowledged it", null],
    ["It was over", null],
    ["Could not tell ops (slack): resolved", "given up after 12 tries, 12 tries"],
  ]);
});

test("one that still fires has no end, and all that is told of it is its own", () => {
  const open = { ...ALERT, state: "firing", resolved_at: null, acknowledged_at: null } as const;
  const moments = alertMoments(open, [
    delivery(300, { kind: "repeat", state: "pending", settled_at: null, attempts: [] }),
  ]);
  expect(moments.map(({ what }) => what)).toEqual([
    "The condition began to hold",
    "It fired",
    "Telling ops (slack): still firing",
  ]);
});
