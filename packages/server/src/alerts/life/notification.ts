import type { AlertNotification, AlertRule, DeliveryState } from "@playhead/core";
import type { DeliveryRow } from "../../store/alert-store.ts";
import { shortHash } from "./fingerprint.ts";
import { type AlertSum, type Incident, MAX_NAMED_ALERTS, sumOf, type Telling } from "./incident.ts";
import type { LiveAlert } from "./live-alert.ts";

/** A channel that notifications can go to. */
export interface TellingChannel {
  readonly channel: string;
  readonly type: string;
}

export interface NotificationOptions {
  readonly nowMs: number;
  /** Where people see the server; null where nobody said. */
  readonly publicUrl: string | null;
  /** Comes before the message. */
  readonly remark?: string;
}

/** What is said of an incident: of those of its alerts that are named in the telling, and those that ended. */
export function notificationOf(
  incident: Incident,
  { kind, alerts }: Telling,
  { nowMs, publicUrl, remark }: NotificationOptions,
): AlertNotification {
  const { groupKey, rule, said } = incident;
  const all = totalOf(incident, alerts);
  const [first] = all.alerts;
  const message = all.alertCount === 1 ? (first?.message ?? "") : `${all.alertCount} alerts. ${first?.message ?? ""}`;
  return {
    notification_id: `${groupKey}_${said + 1}`,
    kind,
    group_key: groupKey,
    rule_id: rule.rule_id,
    rule_name: rule.name,
    level: rule.level,
    title: titleOf(rule, all, alerts),
    message: remark === undefined ? message : `${remark}\n${message}`,
    alerts: all.alerts,
    alert_count: all.alertCount,
    count: all.count,
    causes: all.causes,
    runbook_url: rule.runbook_url,
    url: publicUrl === null ? null : new URL(alertPath(all), publicUrl).href,
    created_at: new Date(nowMs).toISOString(),
  };
}

/** Those that fire come first. */
function totalOf({ ended }: Incident, alerts: readonly LiveAlert[]): AlertSum {
  const sum = sumOf(
    alerts.map(({ alert }) => alert),
    { ...ended, alerts: [] },
  );
  return { ...sum, alerts: [...sum.alerts, ...ended.alerts].slice(0, MAX_NAMED_ALERTS) };
}

function titleOf({ name }: AlertRule, { alertCount, alerts: [first] }: AlertSum, live: readonly LiveAlert[]): string {
  if (alertCount > 1) return `${name} (${alertCount} alerts)`;
  if (live.some(({ memory }) => memory.isFlapping)) return `${name} (comes and goes: quiet until it is stable)`;
  const labels = Object.values(first?.labels ?? {});
  return labels.length === 0 ? name : `${name}: ${labels.join(", ")}`;
}

function alertPath({ alertCount, alerts: [first] }: AlertSum): string {
  return alertCount === 1 && first !== undefined ? `alerts/${first.alert_id}` : "alerts";
}

export interface Outcome {
  readonly state: Extract<DeliveryState, "pending" | "suppressed">;
  readonly reason: string | null;
}

/** A notification's way through each of a rule's channels; the same ids each time that it is made. */
export function deliveriesOf(
  notification: AlertNotification,
  { tenantId, rule }: Pick<Incident, "tenantId" | "rule">,
  channels: readonly TellingChannel[],
  { state, reason }: Outcome,
): readonly DeliveryRow[] {
  const { notification_id, kind, level, title, rule_id, rule_name, created_at } = notification;
  const isPending = state === "pending";
  return channelsOf(rule, channels).map(({ channel, type }) => ({
    tenantId,
    notification,
    dueMs: isPending ? Date.parse(created_at) : null,
    delivery: {
      delivery_id: `dlv_${shortHash(notification_id, channel)}`,
      ...{ notification_id, rule_id, rule_name, kind, level, title, channel },
      channel_type: type,
      ...{ state, reason },
      attempt_count: 0,
      attempts: [],
      created_at,
      next_attempt_at: isPending ? created_at : null,
      settled_at: isPending ? null : created_at,
    },
  }));
}

/** One that is not there (any more) gets its delivery as well: it is given up by who sends, and so can be seen. */
function channelsOf({ notification_channels: names }: AlertRule, channels: readonly TellingChannel[]) {
  if (names.includes("*")) return channels;
  const known = new Map(channels.map((each) => [each.channel, each]));
  return names.map((channel) => known.get(channel) ?? { channel, type: "unknown" });
}
