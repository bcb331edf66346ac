import type {
  Alert,
  AlertDelivery,
  AlertNotification,
  AlertState,
  DeliveryState,
  JsonObject,
  PlayheadEvent,
} from "@playhead/core";
import type { Page, PageCursor } from "./store.ts";

/** An alert as it is kept, with what only the server needs to go on with it after a restart. */
export interface AlertRow {
  readonly tenantId: string;
  /** Of the rule and the labels: at most one of its alerts is not resolved. */
  readonly fingerprint: string;
  readonly alert: Alert;
  /** The alerts engine's own: since when a condition holds or does not, when it was told of, how it flapped. */
  readonly memory: JsonObject;
}

/** A notification on its way through one channel, with all that is needed to send it. */
export interface DeliveryRow {
  readonly tenantId: string;
  readonly delivery: AlertDelivery;
  readonly notification: AlertNotification;
  /** When it is due; null once it is settled. */
  readonly dueMs: number | null;
}

/** What one transaction stores: all of it, or nothing. */
export interface AlertGroup {
  /** Each takes the place of the one with its `alert_id`. */
  readonly alerts: readonly AlertRow[];
  /** Each takes the place of the one with its `delivery_id`. */
  readonly deliveries: readonly DeliveryRow[];
  /** Each takes the place of the one with its `groupKey`. */
  readonly incidents?: readonly IncidentRow[];
  /** How far the alerts engine has read; null leaves it as it is. */
  readonly position: AlertPosition | null;
}

/** Alerts of one rule that are told of together, from the first word to the last. */
export interface IncidentRow {
  readonly groupKey: string;
  readonly tenantId: string;
  /** The alerts engine's own: what has been told, and what was counted; null when it is over: nothing is kept of it. */
  readonly incident: JsonObject | null;
}

/** Where the alerts engine stands. */
export interface AlertPosition extends LogMoment {
  /** What it remembers of its windows; null leaves what is there: it may be older than the position. */
  readonly windows: AlertWindows | null;
}

/** A place in the log of facts. */
export interface LogMoment {
  /** The last fact that was taken into account, as {@link AlertStore.readFactLog} numbers them. */
  readonly factId: number;
  readonly atMs: number;
}

/** What the windows held at a moment. */
export interface AlertWindows extends LogMoment {
  /** As the evaluator wrote it; bounded. */
  readonly snapshot: JsonObject;
}

export interface AlertsQuery {
  readonly tenantId: string;
  readonly states?: readonly AlertState[];
  readonly levels?: readonly string[];
  readonly ruleId?: string;
  readonly jobId?: string;
  /** Those that became pending in it, ms. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  /** Newest first, from the page before. */
  readonly after?: PageCursor;
}

export interface DeliveriesQuery {
  readonly tenantId: string;
  readonly channel?: string;
  readonly states?: readonly DeliveryState[];
  readonly alertRuleId?: string;
  readonly limit: number;
  /** Newest first, from the page before. */
  readonly after?: PageCursor;
}

/** Of all tenants. */
export interface DeliveryCounts {
  readonly pending: number;
  /** The same, by the channel's name. */
  readonly pendingByChannel: Readonly<Record<string, number>>;
  /** Given up. */
  readonly dead: number;
}

/** A fact in the order in which all jobs' facts were committed. */
export interface LoggedFact {
  /** Grows with each; not without gaps. */
  readonly factId: number;
  readonly tenantId: string;
  /** Of the fact's job: what is asked of it most. */
  readonly jobKind: string | null;
  readonly event: PlayheadEvent;
}

/** From where on the log is read. */
export interface FactLogStart {
  readonly factId: number;
  /** Facts that are left out. */
  readonly skipped: number;
}

/**
 * Keeps alerts and what people are told of them. Part of the store: the same database, the same errors as `Store` throws.
 */
export interface AlertStore {
  /** Stores a group durably; in the order of the calls, like `Store.commit`. */
  putAlerts(group: AlertGroup): Promise<void>;
  readAlertPosition(): Promise<AlertPosition | null>;
  /** All that are not resolved, and those resolved after `resolvedSinceMs` (for cooldown and flapping). */
  readLiveAlerts(resolvedSinceMs: number): Promise<readonly AlertRow[]>;
  /** All that are not over. */
  readIncidents(): Promise<readonly IncidentRow[]>;
  readAlert(tenantId: string, alertId: string): Promise<AlertRow | null>;
  listAlerts(query: AlertsQuery): Promise<Page<Alert>>;
  /**
   * Pending ones that are due by then, the longest due first. Of each tenant's channel and `group_key` only the one that
   * was stored first is ever among them, so that none overtakes one before it; and none of channels that are left out.
   */
  readDueDeliveries(dueMs: number, limit: number, withoutChannels?: readonly string[]): Promise<readonly DeliveryRow[]>;
  /** When the next pending one is due; null when there is none. */
  nextDueMs(): Promise<number | null>;
  countDeliveries(): Promise<DeliveryCounts>;
  readDelivery(tenantId: string, deliveryId: string): Promise<DeliveryRow | null>;
  listDeliveries(query: DeliveriesQuery): Promise<Page<AlertDelivery>>;
  /** Facts of all jobs after a position, in the order of their commits. */
  readFactLog(afterFactId: number, limit: number): Promise<readonly LoggedFact[]>;
  /** Where that log ends. */
  readFactLogEnd(): Promise<number>;
  /** From where on to read, so that at most `limit` facts come after a position; and how many that leaves out. */
  readFactLogStart(afterFactId: number, limit: number): Promise<FactLogStart>;
  /** One small step of letting go of resolved alerts and settled deliveries before then. @returns whether there is more to do */
  pruneAlerts(beforeMs: number, limit: number): Promise<boolean>;
}
