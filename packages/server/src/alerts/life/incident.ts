import type { Alert, AlertCause, AlertRule, NotificationKind } from "@playhead/core";
import { isFiring, isUnstable, type LiveAlert } from "./live-alert.ts";

/** What happens within so long after the first alert of an incident is told at once. */
export const GROUP_WAIT_MS = 1_000;
/** Alerts of the rule join an incident that is no older; and within one, news are told of at most so often. */
export const GROUP_INTERVAL_MS = 5 * 60_000;
/** So many of an incident's alerts are named; all are counted. */
export const MAX_NAMED_ALERTS = 20;
const MAX_CAUSES = 10;

/**
 * Alerts of one rule that are told of together, so that a storm is one notification and not thousands:
 *
 *   opened ── {@link GROUP_WAIT_MS} ──► trigger ──► repeat (news, reminders) ──► resolve, when the last alert is over
 */
export interface Incident {
  readonly groupKey: string;
  readonly tenantId: string;
  /** As it was last. */
  readonly rule: AlertRule;
  readonly openedMs: number;
  /** When it was last told of; null before the first time. */
  readonly toldMs: number | null;
  /** How often something was said of it: numbers its notifications. */
  readonly said: number;
  /** Its alerts that are over for good. */
  readonly ended: AlertSum;
  /** One of those could have been told, and the incident has not been told of yet. */
  readonly hasEndedUntold: boolean;
  /** What kept an alert of it from being told, until that is noted as a delivery that was suppressed. */
  readonly hindrance: string | null;
  /** It was noted that an alert of it flaps, and is not told of for that. */
  readonly isFlapNoted: boolean;
}

/** What several alerts come to. */
export interface AlertSum {
  readonly alertCount: number;
  readonly count: number;
  readonly causes: readonly AlertCause[];
  readonly alerts: readonly Alert[];
}

export const NO_SUM: AlertSum = { alertCount: 0, count: 0, causes: [], alerts: [] };

/** What is to be said of an incident now, of which alerts beside those that ended. */
export interface Telling {
  readonly kind: NotificationKind;
  readonly alerts: readonly LiveAlert[];
}

/** What is due to be told of an incident; null for nothing. */
export function dueTelling(incident: Incident, members: readonly LiveAlert[], nowMs: number): Telling | null {
  const { toldMs, openedMs, rule, hasEndedUntold } = incident;
  const tellable = members.filter(({ memory }) => memory.tellableSinceMs !== null);
  if (toldMs === null) {
    const isDue = nowMs - openedMs >= GROUP_WAIT_MS && (hasEndedUntold || tellable.length > 0);
    return isDue ? { kind: "trigger", alerts: tellable } : null;
  }
  if (members.length === 0) return { kind: "resolve", alerts: [] };
  const firing = tellable.filter(isFiring);
  const isNews = firing.some(({ memory }) => (memory.tellableSinceMs ?? 0) > toldMs);
  if (isNews && nowMs - toldMs >= GROUP_INTERVAL_MS) return { kind: "repeat", alerts: firing };
  const repeatMs = rule.repeat_every === null ? Number.POSITIVE_INFINITY : rule.repeat_every * 60_000;
  const isIgnored = firing.some(({ alert }) => alert.acknowledged_at === null);
  return isIgnored && nowMs - toldMs >= repeatMs ? { kind: "repeat", alerts: firing } : null;
}

/** Why nothing is told of an incident, when that is to be noted by now; null for nothing to note. */
export function dueHindrance({ toldMs, openedMs, hindrance }: Incident, nowMs: number): string | null {
  return toldMs === null && nowMs - openedMs >= GROUP_WAIT_MS ? hindrance : null;
}

/** Whether nothing more can come of an incident; one that was told of is said to be over first. */
export function isOver({ toldMs, hasEndedUntold, hindrance }: Incident, members: readonly LiveAlert[]): boolean {
  return members.length === 0 && toldMs === null && !hasEndedUntold && hindrance === null;
}

/** Whether an alert has left its incident for good: it is over, and does not come back before long. */
export function hasLeft(row: LiveAlert, nowMs: number): boolean {
  return row.alert.state === "resolved" && !isUnstable(row, nowMs);
}

/** An incident with an alert more that is over. */
export function withEnded(incident: Incident, { alert, memory }: LiveAlert): Incident {
  const hasEndedUntold = incident.toldMs === null && (incident.hasEndedUntold || memory.tellableSinceMs !== null);
  return { ...incident, ended: sumOf([alert], incident.ended), hasEndedUntold };
}

/** What alerts come to, on top of others. */
export function sumOf(alerts: readonly Alert[], before: AlertSum = NO_SUM): AlertSum {
  const causes = new Map(before.causes.map(({ cause, count }) => [cause, count]));
  for (const alert of alerts)
    for (const { cause, count } of alert.causes) causes.set(cause, (causes.get(cause) ?? 0) + count);
  return {
    alertCount: before.alertCount + alerts.length,
    count: alerts.reduce((sum, { count }) => sum + count, before.count),
    causes: [...causes]
      .map(([cause, count]) => ({ cause, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, MAX_CAUSES),
    alerts: [...before.alerts, ...alerts].slice(0, MAX_NAMED_ALERTS),
  };
}
