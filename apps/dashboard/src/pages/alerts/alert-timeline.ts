import type { Alert, AlertDelivery, DeliveryState } from "@playhead/core";
import { answerWords, KIND_WORDS } from "../../alerts/alert-words.ts";

/** Something that happened to an alert. */
export interface AlertMoment {
  readonly key: string;
  readonly at: string;
  readonly what: string;
  readonly more: string | null;
  readonly tone: "plain" | "bad" | "good";
}

const TOLD: Readonly<Record<DeliveryState, string>> = {
  pending: "Telling",
  sent: "Told",
  dead: "Could not tell",
  suppressed: "Did not tell",
};

/** What was told of its rule goes on for a moment after it was over. */
const AFTER_MS = 60_000;

/** Those of a rule's deliveries that were made while an alert of it lasted, oldest first. */
export function deliveriesWithin(deliveries: readonly AlertDelivery[], alert: Alert): readonly AlertDelivery[] {
  const untilMs = alert.resolved_at === null ? Number.POSITIVE_INFINITY : Date.parse(alert.resolved_at) + AFTER_MS;
  const isWithin = ({ created_at }: AlertDelivery) =>
    created_at >= alert.pending_at && Date.parse(created_at) <= untilMs;
  return deliveries.filter(isWithin).reverse();
}

/** All that happened to an alert, oldest first. */
export function alertMoments(alert: Alert, deliveries: readonly AlertDelivery[]): readonly AlertMoment[] {
  const moments: (AlertMoment | null)[] = [
    moment("pending", alert.pending_at, "The condition began to hold"),
    moment("fired", alert.fired_at, "It fired", alert.message, "bad"),
    moment(
      "acknowledged",
      alert.acknowledged_at,
      alert.acknowledged_by === null ? "Acknowledged" : `${alert.acknowledged_by} acknowledged it`,
    ),
    moment("resolved", alert.resolved_at, "It was over", null, "good"),
    ...deliveriesWithin(deliveries, alert).map(deliveryMoment),
  ];
  return moments
    .filter((each) => each !== null)
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

function moment(
  key: string,
  at: string | null,
  what: string,
  more: string | null = null,
  tone: AlertMoment["tone"] = "plain",
): AlertMoment | null {
  return at === null ? null : { key, at, what, more, tone };
}

function deliveryMoment(delivery: AlertDelivery): AlertMoment {
  const { delivery_id, channel, channel_type, kind, state, attempts, attempt_count, settled_at, created_at } = delivery;
  const latencyMs = attempts.at(-1)?.latency_ms;
  const more = [
    answerWords(delivery),
    state === "sent" && latencyMs !== undefined ? `${latencyMs} ms` : null,
    attempt_count > 1 ? `${attempt_count} tries` : null,
  ];
  return {
    key: delivery_id,
    at: settled_at ?? created_at,
    what: `${TOLD[state]} ${channel} (${channel_type}): ${KIND_WORDS[kind].toLowerCase()}`,
    more: more.filter((part) => part !== null).join(", ") || null,
    tone: state === "dead" ? "bad" : "plain",
  };
}
