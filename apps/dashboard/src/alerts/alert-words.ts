import { formatDuration } from "@playhead/client/format";
import { ALERT_LEVELS, type Alert, type AlertDelivery, type AlertLevel, type DeliveryState } from "@playhead/core";
import { namedValues } from "../ui/named-values.ts";
import { formatMoment } from "../ui/times.ts";

/** Each level as a word. */
export const LEVEL_WORDS: Readonly<Record<AlertLevel, string>> = {
  info: "Info",
  warning: "Warning",
  error: "Error",
  critical: "Critical",
};

/** What became of a delivery, as a word. */
export const DELIVERY_WORDS: Readonly<Record<DeliveryState, string>> = {
  pending: "Being sent",
  sent: "Delivered",
  dead: "Given up",
  suppressed: "Held back",
};

/** What was told, in a word. */
export const KIND_WORDS: Readonly<Record<AlertDelivery["kind"], string>> = {
  trigger: "Firing",
  repeat: "Still firing",
  acknowledge: "Acknowledged",
  resolve: "Resolved",
  test: "Test",
};

/** Whether somebody looks after it, or nobody wants to hear of it. */
const isSeenTo = ({ acknowledged_at, silence_id }: Alert): boolean => acknowledged_at !== null || silence_id !== null;

/** Whether an alert waits for someone: what only informs, and what somebody sees to, does not. */
export const needsSomeone = (alert: Alert): boolean => alert.level !== "info" && !isSeenTo(alert);

/** Those that nobody looks after before those that somebody does, then the worst, then the longest. */
export function byUrgency(one: Alert, other: Alert): number {
  return (
    Number(isSeenTo(one)) - Number(isSeenTo(other)) ||
    ALERT_LEVELS.indexOf(other.level) - ALERT_LEVELS.indexOf(one.level) ||
    sinceOf(one) - sinceOf(other)
  );
}

/** When what an alert is about began to be one. */
export const sinceOf = (alert: Alert): number => Date.parse(alert.fired_at ?? alert.pending_at);

/** The page's one line, such as `2 alerts fire, 1 critical`. What is only told, as that a run has ended, is no alarm. */
export function firingAnswer(all: readonly Alert[], hasMore = false): string {
  const alerts = all.filter(({ level }) => level !== "info");
  if (alerts.length === 0) return all.length === 0 ? "Nothing fires" : "Nothing is wrong";
  const critical = alerts.filter(({ level }) => level === "critical").length;
  const many = `${alerts.length}${hasMore ? "+" : ""} ${alerts.length === 1 ? "alert fires" : "alerts fire"}`;
  const worst = alerts.length === 1 ? "critical" : `${critical} critical`;
  return [many, ...(critical > 0 ? [worst] : []), ...(alerts.every(isSeenTo) ? ["all looked after"] : [])].join(", ");
}

/** For how long something fires or fired. */
export function lastedWords(alert: Alert, nowMs: number): string {
  const endMs = alert.resolved_at === null ? nowMs : Date.parse(alert.resolved_at);
  return formatDuration(endMs - sinceOf(alert));
}

/** Who looks after it, or that nobody is told; null where neither. */
export function careWords({ acknowledged_at, acknowledged_by, silence_id }: Alert, nowMs: number): string | null {
  if (acknowledged_at !== null) {
    const who = acknowledged_by === null ? "" : ` by ${acknowledged_by}`;
    return `Acknowledged${who} at ${formatMoment(Date.parse(acknowledged_at), nowMs)}`;
  }
  return silence_id === null ? null : "Silenced: nobody is told";
}

/** `12 × encoder_failed`, the most frequent first. */
export const causeWords = ({ cause, count }: Alert["causes"][number]): string => `${count} × ${cause}`;

/** A figure with the unit that its name tells; rates are fractions, which people read as per cent. */
export function measuredWords(name: string, value: number | null): string {
  if (value === null) return "no data";
  if (/(^|_)rate$/.test(name)) return `${Math.round(value * 1_000) / 10} %`;
  return namedValues({ [name]: value })[0]?.[1] ?? String(value);
}

/** The last try of a delivery: what the receiver said, or why not. */
export function answerWords({ attempts, reason }: AlertDelivery): string | null {
  const last = attempts.at(-1);
  return reason ?? last?.error ?? last?.answer ?? null;
}
