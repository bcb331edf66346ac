import type { AlertNotification } from "@playhead/core";
import { boundedNotification, shortKey } from "../bounded-notification.ts";
import { cut } from "../plain-text.ts";
import { wordsOf } from "../words.ts";

export type PagerDutyAction = "trigger" | "acknowledge" | "resolve";

/** Events may have 512 kB; nobody reads as much. */
const DETAILS_BYTES = 100_000;
const SUMMARY_LENGTH = 1_024;
const FIELD_LENGTH = 255;

export interface EventOptions {
  readonly action: PagerDutyAction;
  readonly routingKey: string;
  readonly source: string;
}

/** An event of PagerDuty's Events API v2. Its key is the group's, so that what follows finds the incident of the trigger. */
export function pagerDutyEvent(notification: AlertNotification, { action, routingKey, source }: EventOptions) {
  const event = { routing_key: routingKey, event_action: action, dedup_key: shortKey(notification.group_key) };
  if (action !== "trigger") return event;
  const { subject, links } = wordsOf(notification);
  const [component] = notification.alerts.flatMap(({ labels }) => labels.component ?? []);
  return {
    ...event,
    client: "Playhead",
    links: links.map(({ label, url }) => ({ href: url, text: label })),
    payload: {
      summary: cut(subject, SUMMARY_LENGTH),
      source,
      // PagerDuty's four words are ours.
      severity: notification.level,
      timestamp: notification.created_at,
      class: cut(notification.rule_name, FIELD_LENGTH),
      ...(component === undefined ? {} : { component: cut(component, FIELD_LENGTH) }),
      custom_details: boundedNotification(notification, DETAILS_BYTES),
    },
  };
}
