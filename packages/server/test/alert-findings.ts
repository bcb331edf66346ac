import type { AlertNotification, AlertRule, AlertRuleDraft } from "@playhead/core";
import type { Finding } from "../src/alerts/finding.ts";
import type { Changes } from "../src/alerts/life/changes.ts";
import { createLife } from "../src/alerts/life/life.ts";
import { checkRule, createRule } from "../src/alerts/rules/check-rule.ts";

export const TENANT = "default";
/** When the tests of alerts begin. */
export const ALERTS_START_MS = Date.UTC(2026, 0, 1);

/** A rule that looks at the share of failures, and more where a test says so. */
export function ruleOf(more: Partial<AlertRuleDraft> = {}): AlertRule {
  const draft = { name: "Failures", condition: "error_rate > 0.1", time_window: 1, level: "error", ...more };
  return createRule(checkRule(draft), { ruleId: more.name ?? "rule", nowIso: new Date(0).toISOString() });
}

/** What an evaluator would say of a rule, so many seconds after the start. */
export function findingOf(rule: AlertRule, outcome: Finding["outcome"], atSec: number, more: Partial<Finding> = {}) {
  const finding: Finding = {
    rule,
    tenantId: TENANT,
    labels: {},
    atMs: ALERTS_START_MS + atSec * 1_000,
    outcome,
    value: 0.5,
    measurements: { error_rate: 0.5 },
    count: 1,
    causes: [{ cause: "disk_full", count: 1 }],
    jobId: null,
    ...more,
  };
  return finding;
}

/** Something that was said, and when. */
export interface Told {
  readonly atSec: number;
  readonly kind: AlertNotification["kind"];
  readonly state: string;
  readonly notification: AlertNotification;
}

/** The life of alerts of some rules with one channel, second by second; remembers all that was said. */
export function createLifeWorld(rules: readonly AlertRule[]) {
  const life = createLife({ channels: () => [{ channel: "ops", type: "webhook" }], publicUrl: () => null });
  const told: Told[] = [];
  const changes: Changes[] = [];
  let second = 0;
  const nowMs = () => ALERTS_START_MS + second * 1_000;
  const owned = rules.map((rule) => ({ tenantId: TENANT, rule }));
  life.setRules(owned, nowMs());

  function collect(): void {
    const taken = life.changes();
    if (taken === null) return;
    changes.push(taken);
    for (const { delivery, notification } of taken.deliveries)
      told.push({ atSec: second, kind: delivery.kind, state: delivery.state, notification });
  }

  return {
    life,
    told,
    changes,
    nowMs,
    /** What was said, as `second kind`, with what was not sent in brackets. */
    log: () => told.map(({ atSec, kind, state }) => (state === "pending" ? `${atSec} ${kind}` : `(${atSec} ${kind})`)),
    /** Goes to that second, with a tick each; `each` says what is found in it. */
    runTo(untilSec: number, each: (atSec: number) => readonly Finding[] = () => []): void {
      while (second < untilSec) {
        second += 1;
        life.take(each(second));
        life.tick(nowMs());
        collect();
      }
    },
    collect,
  };
}
