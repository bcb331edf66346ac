import type {
  Alert,
  AlertBacktest,
  AlertChannelInfo,
  AlertDelivery,
  AlertLevel,
  AlertRule,
  AlertRuleDraft,
  AlertSilence,
  AlertState,
  DeliveryState,
} from "@playhead/core";
import { client } from "../client.ts";

/** A measurement that conditions may name. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

export interface AlertsQuery {
  readonly state?: readonly AlertState[];
  readonly level?: readonly AlertLevel[];
  readonly rule_id?: string;
  readonly job_id?: string;
  /** ISO 8601. */
  readonly from?: string;
  readonly page_size?: number;
  readonly page_token?: string;
}

export interface DeliveriesQuery {
  readonly channel?: string;
  readonly state?: readonly DeliveryState[];
  readonly rule_id?: string;
  readonly page_size?: number;
  readonly page_token?: string;
}

interface Next {
  readonly next_page_token: string | null;
}

/** A page of alerts, the newest first. */
export interface AlertsPage extends Next {
  readonly alerts: readonly Alert[];
}

/** A page of what was told, the newest first. */
export interface DeliveriesPage extends Next {
  readonly deliveries: readonly AlertDelivery[];
}

export interface SilenceDraft {
  readonly matchers: Readonly<Record<string, string>>;
  readonly minutes: number;
  readonly reason: string;
}

const { ask } = client.api;
const at = (...parts: readonly string[]) => parts.map(encodeURIComponent).join("/");

/** What the server is asked about alerts. Each call throws a PlayheadError when it fails. */
export const alertsApi = {
  alerts: (query: AlertsQuery) => ask<AlertsPage>("GET", "alerts", { query }),
  alert: (id: string) => ask<Alert>("GET", at("alerts", id)),
  acknowledge: (id: string) => ask<Alert>("POST", at("alerts", id, "acknowledge")),
  rules: async () => (await ask<{ readonly rules: readonly AlertRule[] }>("GET", "alert-rules")).rules,
  rule: (id: string) => ask<AlertRule>("GET", at("alert-rules", id)),
  createRule: (body: AlertRuleDraft) => ask<AlertRule>("POST", "alert-rules", { body }),
  replaceRule: (id: string, body: AlertRuleDraft) => ask<AlertRule>("PUT", at("alert-rules", id), { body }),
  removeRule: (id: string) => ask<null>("DELETE", at("alert-rules", id)),
  checkRule: (body: AlertRuleDraft) => ask<AlertRuleDraft>("POST", "alert-rules/check", { body }),
  backtest: (rule: AlertRuleDraft, days: number) =>
    ask<AlertBacktest>("POST", "alert-rules/backtest", { body: { rule, days } }),
  measurements: async () =>
    (await ask<{ readonly measurements: readonly Measurement[] }>("GET", "alert-rules/measurements")).measurements,
  silences: async () => (await ask<{ readonly silences: readonly AlertSilence[] }>("GET", "alert-silences")).silences,
  silence: (body: SilenceDraft) => ask<AlertSilence>("POST", "alert-silences", { body }),
  endSilence: (id: string) => ask<null>("DELETE", at("alert-silences", id)),
  channels: async () =>
    (await ask<{ readonly channels: readonly AlertChannelInfo[] }>("GET", "alert-channels")).channels,
  testChannel: (name: string) =>
    ask<{ readonly answer: string; readonly latency_ms: number }>("POST", at("alert-channels", name, "test")),
  deliveries: (query: DeliveriesQuery) => ask<DeliveriesPage>("GET", "alert-deliveries", { query }),
  redeliver: (id: string) => ask<AlertDelivery>("POST", at("alert-deliveries", id, "redeliver")),
};
