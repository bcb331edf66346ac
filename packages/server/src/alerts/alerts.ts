import type {
  Alert,
  AlertBacktest,
  AlertChannelInfo,
  AlertChannelTest,
  AlertDelivery,
  AlertLevel,
  AlertRule,
  AlertRuleDraft,
  AlertSilence,
} from "@playhead/core";
import type { AlertsQuery, DeliveriesQuery } from "../store/alert-store.ts";
import type { Page } from "../store/store.ts";

/** A measurement that conditions may name. */
export interface AlertMeasurement {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** How alerting itself is doing, for the health check. */
export interface AlertsStatus {
  /** When it last looked at everything, ISO 8601; null before the first time. */
  readonly lastRunAt: string | null;
  /** How old the oldest fact was, when it was last heard of, that had not been taken into account. */
  readonly lagMs: number;
  readonly rules: number;
  readonly firing: number;
  readonly pendingDeliveries: number;
  readonly deadDeliveries: number;
}

/**
 * Rules, what they found, and what people are told of it. All that is asked of a tenant's knows nothing of another's:
 * `not_found`, as if it were not there.
 */
export interface Alerts {
  /** The built-in ones first, then by name. */
  listRules(tenantId: string): Promise<readonly AlertRule[]>;
  /** @throws PlayheadError `not_found` */
  readRule(tenantId: string, ruleId: string): Promise<AlertRule>;
  /**
   * Makes a rule, or replaces the one with that id; a built-in one, too.
   * @param ruleId null for a new one
   * @throws PlayheadError `validation_error` with every fault, `not_found`, `conflict` for a name that another rule has
   */
  putRule(tenantId: string, ruleId: string | null, draft: unknown): Promise<AlertRule>;
  /**
   * Its alerts end with it. A built-in rule goes back to what it comes with.
   * @returns whether there was something to remove
   */
  removeRule(tenantId: string, ruleId: string): Promise<boolean>;
  /** @throws PlayheadError `validation_error` with every fault */
  checkRule(draft: unknown): AlertRuleDraft;
  /** What a rule would have done in the last days. @throws PlayheadError `validation_error` */
  backtest(tenantId: string, draft: unknown, days: number): Promise<AlertBacktest>;
  /** All that conditions may name. */
  measurements(): readonly AlertMeasurement[];
  /** Newest first. */
  listAlerts(query: AlertsQuery): Promise<Page<Alert>>;
  /** @throws PlayheadError `not_found` */
  readAlert(tenantId: string, alertId: string): Promise<Alert>;
  /** Stops its repeats; a second time changes nothing. @throws PlayheadError `not_found`, `conflict` when it does not fire */
  acknowledge(tenantId: string, alertId: string, by: string, note?: string): Promise<Alert>;
  /** Those that have not ended. */
  listSilences(tenantId: string): Promise<readonly AlertSilence[]>;
  /**
   * @param draft `{matchers, minutes | until, reason}`: see `silence-book.ts`
   * @throws PlayheadError `validation_error` with every fault, `conflict` for too many
   */
  silence(tenantId: string, draft: unknown, by: string): Promise<AlertSilence>;
  /** What still fires is told then. @returns whether there was one */
  endSilence(tenantId: string, silenceId: string): Promise<boolean>;
  /** The server's, by name. */
  listChannels(): readonly AlertChannelInfo[];
  /** Sends a notification of kind `test`. @throws PlayheadError `not_found`, or with what the receiver said */
  testChannel(name: string): Promise<{ readonly answer: string; readonly latency_ms: number }>;
  /** Sends a notification of kind `test` and of this level through every channel. @returns what came of each */
  testAllChannels(level: AlertLevel): Promise<readonly AlertChannelTest[]>;
  /** Newest first. */
  listDeliveries(query: DeliveriesQuery): Promise<Page<AlertDelivery>>;
  /** Sends once more what was given up, or sent. @throws PlayheadError `not_found`, `conflict` while it is pending */
  redeliver(tenantId: string, deliveryId: string): Promise<AlertDelivery>;
  status(): AlertsStatus;
}
