import type { Alert, AlertNotification, NotificationKind } from "@playhead/core";
import { manyLines, oneLine } from "./plain-text.ts";

/** What people read, in parts that each channel sets in its own way. No control characters, all bounded. */
export interface NotificationWords {
  /** One line of at most {@link SUBJECT_LENGTH}. */
  readonly subject: string;
  readonly message: string;
  /** How bad, how much, since when. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  /** The most frequent first. */
  readonly causes: readonly string[];
  /** Where: one line for each alert, when there are several or they have labels. */
  readonly alerts: readonly string[];
  /** What to do; http and https only. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export const SUBJECT_LENGTH = 200;
const MESSAGE_LENGTH = 2_000;
const LINE_LENGTH = 200;
const CAUSES = 5;
const ALERTS = 10;
const URL_LENGTH = 1_500;

const SUBJECTS: Readonly<Record<NotificationKind, (level: string) => string>> = {
  trigger: (level) => `[${level.toUpperCase()}] `,
  repeat: (level) => `[${level.toUpperCase()}] Still: `,
  acknowledge: () => "Acknowledged: ",
  resolve: () => "Resolved: ",
  test: () => "Test: ",
  report: () => "",
};

/** Makes the words of a notification: what happened, how much, since when, why, and what to do. */
export function wordsOf(notification: AlertNotification): NotificationWords {
  const { kind, level, title, message, alerts, causes, rule_name } = notification;
  // Receivers refuse what has no heading.
  const name = oneLine(title, SUBJECT_LENGTH) || oneLine(rule_name, SUBJECT_LENGTH) || "Untitled";
  return {
    subject: oneLine(SUBJECTS[kind](level) + name, SUBJECT_LENGTH),
    message: manyLines(message, MESSAGE_LENGTH) || name,
    facts: factsOf(notification),
    causes: causes.slice(0, CAUSES).map(({ cause, count }) => oneLine(`${amount(count)} × ${cause}`, LINE_LENGTH)),
    alerts: alertLines(alerts, notification.alert_count),
    links: [...linkOf("What to do", notification.runbook_url), ...linkOf("Look at it in Playhead", notification.url)],
  };
}

/** The words as text of several lines, as for an email. */
export function textOf({ message, facts, causes, alerts, links }: NotificationWords): string {
  const parts = [
    message,
    facts.map(({ label, text }) => `${label}: ${text}`).join("\n"),
    list("Most frequent causes:", causes),
    list("Where:", alerts),
    links.map(({ label, url }) => `${label}: ${url}`).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `- ${line}`)].join("\n");
}

function factsOf({ level, rule_name, alerts, alert_count, count, kind, created_at }: AlertNotification) {
  if (kind === "report") return [];
  const facts = [
    { label: "Level", text: level },
    { label: "Rule", text: oneLine(rule_name, LINE_LENGTH) },
  ];
  if (count > 0) facts.push({ label: "How much", text: howMuch(count, alert_count) });
  const [first] = alerts;
  if (alerts.length === 1 && first && first.value !== null) facts.push({ label: "Measured", text: measured(first) });
  const sinceMs = Math.min(...alerts.map(({ fired_at, pending_at }) => Date.parse(fired_at ?? pending_at)));
  if (!Number.isFinite(sinceMs)) return facts;
  const lastedMs = Date.parse(created_at) - sinceMs;
  const lasted = lastedMs >= 1_000 ? ` (${kind === "resolve" ? "lasted " : ""}${duration(lastedMs)})` : "";
  facts.push({
    label: "Since",
    text: `${new Date(sinceMs).toISOString().slice(0, 19).replace("T", " ")} UTC${lasted}`,
  });
  const by = first?.acknowledged_by;
  if (kind === "acknowledge" && by) facts.push({ label: "Acknowledged by", text: oneLine(by, LINE_LENGTH) });
  return facts;
}

function howMuch(count: number, alertCount: number): string {
  return alertCount > 1 ? `${amount(count)} in ${amount(alertCount)} alerts` : amount(count);
}

function measured({ value, threshold }: Alert): string {
  return threshold === null ? figure(value ?? 0) : `${figure(value ?? 0)} (threshold ${figure(threshold)})`;
}

function alertLines(alerts: readonly Alert[], alertCount: number): readonly string[] {
  const lines = alerts.slice(0, ALERTS).flatMap(({ labels, value }) => {
    const named = Object.entries(labels).map(([name, text]) => `${name} ${text}`);
    if (named.length === 0) return [];
    return [oneLine(value === null ? named.join(", ") : `${named.join(", ")}: ${figure(value)}`, LINE_LENGTH)];
  });
  const more = alertCount - lines.length;
  return lines.length > 0 && more > 0 ? [...lines, `and ${amount(more)} more`] : lines;
}

function linkOf(label: string, text: string | null) {
  const url = webAddress(text);
  return url === null ? [] : [{ label, url }];
}

/** @returns the address as a browser writes it; null for one that does not lead into the web, or is far too long */
export function webAddress(text: string | null): string | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > URL_LENGTH) return null;
  return url.href;
}

const AMOUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const FIGURE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const amount = (count: number) => AMOUNT.format(count);
const figure = (value: number) => FIGURE.format(value);

const UNITS = [
  { name: "day", ms: 86_400_000 },
  { name: "hour", ms: 3_600_000 },
  { name: "minute", ms: 60_000 },
  { name: "second", ms: 1_000 },
];

/** In the largest unit of which there are two, or one. */
function duration(ms: number): string {
  const unit = UNITS.find((each) => ms >= 2 * each.ms) ?? { name: "second", ms: 1_000 };
  const count = Math.floor(ms / unit.ms);
  return `${amount(count)} ${unit.name}${count === 1 ? "" : "s"}`;
}
