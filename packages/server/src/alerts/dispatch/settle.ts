import type { AlertDelivery, DeliveryAttempt } from "@playhead/core";
import { MAX_TRIES, retryDelayMs } from "../../outbound/retry-delay.ts";
import type { DeliveryRow } from "../../store/alert-store.ts";
import type { ChannelRefusal } from "../channels/channel.ts";

/** One try to send, and what came of it. */
export interface Tried {
  readonly atMs: number;
  readonly endedMs: number;
  readonly outcome: { readonly answer: string } | ChannelRefusal;
}

/** So many tries are kept. */
const KEPT_ATTEMPTS = MAX_TRIES;
/** What is older than this and fails once more is given up: nobody is helped by learning of it then. */
const GIVE_UP_MS = 24 * 3_600_000;

const iso = (ms: number) => new Date(ms).toISOString();

/** A delivery after one more try: sent, to be tried again, or given up. */
export function settle(row: DeliveryRow, tried: Tried, random: number): DeliveryRow {
  const { outcome, endedMs } = tried;
  const delivery = withAttempt(row.delivery, tried);
  if (!(outcome instanceof Error)) {
    return settled(row, { ...delivery, state: "sent", reason: null }, endedMs);
  }
  const delayMs = retryDelayMs(delivery.attempt_count, random, outcome.retryAfterMs);
  const dueMs = endedMs + delayMs;
  const reason = reasonToGiveUp(delivery, outcome, dueMs);
  if (reason !== null) return settled(row, { ...delivery, state: "dead", reason }, endedMs);
  return { ...row, delivery: { ...delivery, next_attempt_at: iso(dueMs) }, dueMs };
}

/** A delivery that is given up without another try. */
export function givenUp(row: DeliveryRow, reason: string, nowMs: number): DeliveryRow {
  return settled(row, { ...row.delivery, state: "dead", reason }, nowMs);
}

/** A delivery that was given up, to be tried once more. */
export function revived(row: DeliveryRow, nowMs: number): DeliveryRow {
  const delivery: AlertDelivery = {
    ...row.delivery,
    state: "pending",
    reason: null,
    next_attempt_at: iso(nowMs),
    settled_at: null,
  };
  return { ...row, delivery, dueMs: nowMs };
}

function settled(row: DeliveryRow, delivery: AlertDelivery, nowMs: number): DeliveryRow {
  return { ...row, delivery: { ...delivery, next_attempt_at: null, settled_at: iso(nowMs) }, dueMs: null };
}

function withAttempt(delivery: AlertDelivery, { atMs, endedMs, outcome }: Tried): AlertDelivery {
  const attempt: DeliveryAttempt = {
    at: iso(atMs),
    latency_ms: Math.max(0, endedMs - atMs),
    error: outcome instanceof Error ? outcome.message : null,
    answer: outcome.answer,
  };
  return {
    ...delivery,
    attempt_count: delivery.attempt_count + 1,
    attempts: [...delivery.attempts, attempt].slice(-KEPT_ATTEMPTS),
  };
}

function reasonToGiveUp(delivery: AlertDelivery, refusal: ChannelRefusal, nextMs: number): string | null {
  const said = refusal.answer === null ? refusal.message : `${refusal.message}: ${refusal.answer}`;
  if (!refusal.retryable) return said;
  if (delivery.attempt_count >= MAX_TRIES) return `given up after ${delivery.attempt_count} tries: ${said}`;
  return nextMs - Date.parse(delivery.created_at) > GIVE_UP_MS ? `given up after a day: ${said}` : null;
}
