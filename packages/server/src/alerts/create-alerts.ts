import { type Alert, type AlertBacktest, type AlertRule, PlayheadError } from "@playhead/core";
import type { AlertStore, DeliveryCounts } from "../store/alert-store.ts";
import type { AlertMeasurement, Alerts } from "./alerts.ts";
import type { Dispatcher } from "./dispatch/dispatcher.ts";
import type { Life } from "./life/life.ts";
import type { RuleBook } from "./rule-book.ts";
import { checkRule } from "./rules/check-rule.ts";
import type { SilenceBook } from "./silence-book.ts";

export interface AlertsDeps {
  readonly store: Pick<AlertStore, "listAlerts" | "readAlert" | "listDeliveries">;
  readonly rules: RuleBook;
  readonly silences: SilenceBook;
  readonly life: Life;
  readonly dispatcher: Pick<Dispatcher, "channels" | "test" | "testAll" | "redeliver">;
  readonly measurements: readonly AlertMeasurement[];
  /** Does something to the life of alerts in its turn; resolves when what came of it is stored. */
  readonly change: <Result>(work: (nowMs: number) => Result) => Promise<Result>;
  /** To be called when rules may have changed. */
  readonly applyRules: (nowMs: number) => void;
  readonly channelNames: () => readonly string[];
  readonly backtest: (tenantId: string, rule: AlertRule, days: number) => Promise<AlertBacktest>;
  readonly lastRunMs: () => number | null;
  readonly lagMs: () => number;
  /** As they were counted last. */
  readonly deliveryCounts: () => Pick<DeliveryCounts, "pending" | "dead">;
}

const MAX_BACKTEST_DAYS = 90;

/** What is asked of alerts, put together of its parts. */
export function createAlerts(deps: AlertsDeps): Alerts {
  const { store, rules, silences, life, dispatcher, measurements, change, applyRules, channelNames } = deps;

  /** As it is now, which the store only knows of when something has happened to it. */
  const current = (alert: Alert): Alert => life.peek(alert.alert_id)?.alert ?? alert;

  async function readAlert(tenantId: string, alertId: string): Promise<Alert> {
    const row = await store.readAlert(tenantId, alertId);
    if (row === null) throw new PlayheadError("not_found", `there is no alert ${alertId}`);
    return current(row.alert);
  }

  const applySilences = (tenantId: string) => change(() => life.setSilences(tenantId, silences.list(tenantId)));

  return {
    listRules: async (tenantId) => rules.list(tenantId),
    readRule: async (tenantId, ruleId) => rules.read(tenantId, ruleId),
    async putRule(tenantId, ruleId, draft) {
      const rule = await rules.put(tenantId, ruleId, draft);
      await change(applyRules);
      return rule;
    },
    async removeRule(tenantId, ruleId) {
      const isThere = await rules.remove(tenantId, ruleId);
      if (isThere) await change(applyRules);
      return isThere;
    },
    checkRule: (draft) => checkRule(draft, channelNames()) as ReturnType<Alerts["checkRule"]>,
    async backtest(tenantId, draft, days) {
      if (!(days > 0 && days <= MAX_BACKTEST_DAYS))
        throw new PlayheadError("validation_error", `expected days to be 1 to ${MAX_BACKTEST_DAYS}, got ${days}`);
      const checked = checkRule(draft, channelNames());
      const rule = { ...checked, rule_id: "backtest", built_in: false, created_at: "", updated_at: "" };
      return deps.backtest(tenantId, rule, days);
    },
    measurements: () => measurements,
    async listAlerts(query) {
      const { items, next } = await store.listAlerts(query);
      return { items: items.map(current), next };
    },
    readAlert,
    async acknowledge(tenantId, alertId, by, note) {
      const alert = await readAlert(tenantId, alertId);
      const acknowledged = await change((nowMs) => life.acknowledge(alertId, by, note ?? null, nowMs));
      if (acknowledged !== null) return acknowledged;
      throw new PlayheadError("conflict", `expected alert ${alertId} to fire, got one that is ${alert.state}`);
    },
    listSilences: async (tenantId) => silences.list(tenantId),
    async silence(tenantId, draft, by) {
      const silence = await silences.add(tenantId, draft, by);
      await applySilences(tenantId);
      return silence;
    },
    async endSilence(tenantId, silenceId) {
      const isThere = await silences.remove(tenantId, silenceId);
      if (isThere) await applySilences(tenantId);
      return isThere;
    },
    listChannels: () => dispatcher.channels(),
    testChannel: (name) => dispatcher.test(name),
    testAllChannels: (level) => dispatcher.testAll(level),
    listDeliveries: (query) => store.listDeliveries(query),
    redeliver: (tenantId, deliveryId) => dispatcher.redeliver(tenantId, deliveryId),
    status() {
      const lastRunMs = deps.lastRunMs();
      const { pending, dead } = deps.deliveryCounts();
      return {
        lastRunAt: lastRunMs === null ? null : new Date(lastRunMs).toISOString(),
        lagMs: deps.lagMs(),
        rules: rules.all().filter(({ rule }) => rule.enabled).length,
        firing: life.countFiring(),
        pendingDeliveries: pending,
        deadDeliveries: dead,
      };
    },
  };
}
