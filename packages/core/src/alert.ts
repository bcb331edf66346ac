/** What an alert rule is, what it has found, and what people are told of it (SPEC §9). */
import type { JsonObject } from "./json.ts";

/** How much an alert matters, least first. */
export const ALERT_LEVELS = ["info", "warning", "error", "critical"] as const;
/** One of {@link ALERT_LEVELS}. */
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/**
 * - `pending`: the condition holds, but not for as long as the rule wants.
 * - `firing`: people are told.
 * - `resolved`: it is over. The next time is another alert.
 */
export const ALERT_STATES = ["pending", "firing", "resolved"] as const;
/** One of {@link ALERT_STATES}. */
export type AlertState = (typeof ALERT_STATES)[number];

/** What a rule makes of a window in which too little was measured: all is well, nothing changes, or that is an alert, too. */
export const NO_DATA_POLICIES = ["ok", "keep", "alert"] as const;
/** One of {@link NO_DATA_POLICIES}. */
export type NoDataPolicy = (typeof NO_DATA_POLICIES)[number];

/** By what a rule tells its alerts apart: one for each value that occurs. */
export const ALERT_DIMENSIONS = [
  "job_id",
  "kind",
  "stage",
  "platform",
  "function_name",
  "error_code",
  "worker",
  "host",
  "component",
] as const;
/** One of {@link ALERT_DIMENSIONS}. */
export type AlertDimension = (typeof ALERT_DIMENSIONS)[number];

/** What a rule measures: any of the values, of each dimension that is named; of the others all. */
export type AlertScope = { readonly [Dimension in AlertDimension]?: readonly string[] };

/** What somebody writes to make a rule. */
export interface AlertRuleDraft {
  /** Tells it from the others of its tenant: 1–100 characters. */
  readonly name: string;
  readonly description?: string;
  /** CEL over the measurements of the window and `threshold`; holds or does not. Such as `error_rate > threshold`. */
  readonly condition: string;
  /** When the alert is over, where that is not as soon as the condition does not hold (hysteresis). */
  readonly resolve_condition?: string;
  readonly threshold?: number;
  /** Minutes. */
  readonly time_window: number;
  /** Fewer things measured than this are no data. @defaultValue 1 */
  readonly min_samples?: number;
  /** @defaultValue "ok" */
  readonly no_data?: NoDataPolicy;
  /** Seconds for which the condition has to hold. @defaultValue 0: told at once */
  readonly for?: number;
  /** Seconds for which it has to hold no more until the alert is over. @defaultValue 0 */
  readonly keep_firing_for?: number;
  /** Minutes after a notification in which another alert of the same labels is not told of again. @defaultValue 0 */
  readonly cooldown_period?: number;
  /** Minutes after which a firing alert that nobody has acknowledged is told of again; null for never. @defaultValue null */
  readonly repeat_every?: number | null;
  readonly level: AlertLevel;
  /** Names of channels; `["*"]` for all. @defaultValue all */
  readonly notification_channels?: readonly string[];
  /** @defaultValue true */
  readonly enabled?: boolean;
  readonly scope?: AlertScope;
  /** One alert for each combination of these. @defaultValue one for all */
  readonly group_by?: readonly AlertDimension[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly runbook_url?: string;
  /** What people read; `{{name}}` stands for a measurement, a label, `value`, `threshold`, `rule`, `level`, `count`. */
  readonly message?: string;
}

/** A rule as it is kept: all is there. */
export interface AlertRule extends Required<Omit<AlertRuleDraft, "resolve_condition" | "runbook_url" | "threshold">> {
  readonly rule_id: string;
  readonly resolve_condition: string | null;
  readonly runbook_url: string | null;
  readonly threshold: number | null;
  /** Comes with Playhead: may be changed and switched off, not deleted. */
  readonly built_in: boolean;
  /** ISO 8601, UTC, milliseconds. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** One reason among the failures that an alert is about, the most frequent first. */
export interface AlertCause {
  /** An error's code, or the beginning of its message. */
  readonly cause: string;
  readonly count: number;
}

/** What a rule found: one for each combination of its `group_by` labels at a time. */
export interface Alert {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly level: AlertLevel;
  readonly state: AlertState;
  /** The rule's own, and the values of its `group_by`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was measured when it was last looked at; null without data. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** All measurements that the condition names, as of then. */
  readonly measurements: Readonly<Record<string, number | null>>;
  readonly message: string;
  readonly runbook_url: string | null;
  /** How many failures and the like it is about, so far. */
  readonly count: number;
  readonly causes: readonly AlertCause[];
  /** The job that it is about, where it is about one; or the first of them. */
  readonly job_id: string | null;
  /** ISO 8601, UTC, milliseconds, like all that follow. */
  readonly pending_at: string;
  readonly fired_at: string | null;
  readonly resolved_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  /** The silence that keeps it from being told; null for none. */
  readonly silence_id: string | null;
  /** How often it has fired and been over within the last hour: above a limit it is not told of each time. */
  readonly flaps: number;
}

/** Keeps alerts with these labels from being told, until then. */
export interface AlertSilence {
  readonly silence_id: string;
  /** All of these, by their exact values; `rule` is the rule's name, `level` its level. Never none. */
  readonly matchers: Readonly<Record<string, string>>;
  readonly until: string;
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: string;
}

/** Why people are told; `report` of something that was made for them, the others of alerts. */
export const NOTIFICATION_KINDS = ["trigger", "repeat", "acknowledge", "resolve", "test", "report"] as const;
/** One of {@link NOTIFICATION_KINDS}. */
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** What people are told at once: alerts of one rule that happened together. */
export interface AlertNotification {
  /** The same each time that it is sent, and for each channel: receivers may use it to drop a second copy. */
  readonly notification_id: string;
  readonly kind: NotificationKind;
  /** The same from the trigger to the resolve: `dedup_key` of PagerDuty. */
  readonly group_key: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly level: AlertLevel;
  /** What happened, in one line. Channels say before it what kind of news it is, and how bad. */
  readonly title: string;
  readonly message: string;
  /** The first of the alerts, a bounded number of them. */
  readonly alerts: readonly Alert[];
  /** How many alerts there are, and what they are about in all. */
  readonly alert_count: number;
  readonly count: number;
  readonly causes: readonly AlertCause[];
  readonly runbook_url: string | null;
  /** Where to look; null while the server does not know its own address. */
  readonly url: string | null;
  /** A file that goes with it, where the channel can take files: its name in the server's folder of reports. */
  readonly attachment?: string;
  readonly created_at: string;
}

/** - `pending`: to be sent (again). - `suppressed`: silenced, in cooldown, flapping. - `dead`: given up. */
export const DELIVERY_STATES = ["pending", "sent", "dead", "suppressed"] as const;
/** One of {@link DELIVERY_STATES}. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One try to deliver a notification. */
export interface DeliveryAttempt {
  readonly at: string;
  readonly latency_ms: number;
  /** Null for one that worked. */
  readonly error: string | null;
  /** What the receiver answered, such as `202`, `250 queued`; null without an answer. */
  readonly answer: string | null;
}

/** A notification on its way through one channel. */
export interface AlertDelivery {
  readonly delivery_id: string;
  readonly notification_id: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly kind: NotificationKind;
  readonly level: AlertLevel;
  readonly title: string;
  /** The channel's name, and its type. */
  readonly channel: string;
  readonly channel_type: string;
  readonly state: DeliveryState;
  /** Why it was suppressed or given up. */
  readonly reason: string | null;
  readonly attempt_count: number;
  /** The last of them, a bounded number. */
  readonly attempts: readonly DeliveryAttempt[];
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly settled_at: string | null;
}

/** A channel as people see it: no secret of it. */
export interface AlertChannelInfo {
  readonly channel: string;
  readonly type: string;
  /** Where it goes, such as `ops@example.com`, `https://hooks.example.com/…`. */
  readonly target: string;
  /** Closed works; open was given up for a while, since it failed again and again. */
  readonly breaker: "closed" | "half_open" | "open";
  readonly pending: number;
  readonly last_sent_at: string | null;
  readonly last_error: string | null;
}

/** What came of a test that was sent through a channel. */
export interface AlertChannelTest {
  readonly channel: string;
  readonly ok: boolean;
  /** What its receiver said; null when it did not take it. */
  readonly answer: string | null;
  readonly latency_ms: number | null;
  /** Why it did not take it; null when it did. */
  readonly error: string | null;
}

/** What a rule would have done. */
export interface AlertBacktest {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly fired: number;
  readonly firings: readonly {
    readonly at: string;
    readonly until: string | null;
    readonly labels: JsonObject;
    readonly value: number | null;
  }[];
  /** How much was looked at. */
  readonly samples: number;
}
