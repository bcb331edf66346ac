import type { Alert, AlertRule, AlertSilence } from "@playhead/core";
import type { AlertRow, IncidentRow } from "../../store/alert-store.ts";
import type { Finding } from "../finding.ts";
import { type Changes, createChanges } from "./changes.ts";
import { fingerprintOf, ruleKeyOf } from "./fingerprint.ts";
import { createIncidents } from "./incidents.ts";
import { HOUR_MS, isFiring, type LiveAlert, liveAlertOf } from "./live-alert.ts";
import type { TellingChannel } from "./notification.ts";
import { silenceOf } from "./silences.ts";
import { endAlert, type Step, stepAlert, stepTime, verdictOf, withValues } from "./step-alert.ts";

export interface LifeDeps {
  /** Where notifications can go by now. */
  readonly channels: () => readonly TellingChannel[];
  /** Where people see the server; null where nobody said. */
  readonly publicUrl: () => string | null;
}

export interface TenantRule {
  readonly tenantId: string;
  readonly rule: AlertRule;
}

/** Of one rule: what a storm may take of memory. What comes on top becomes an alert when there is room again. */
const MAX_ALERTS_A_RULE = 2_000;
/** Alerts that are over are remembered up to this many, for their cooldown and whether they flap. */
const MAX_REMEMBERED = 10_000;
/** An alert of which the evaluator says nothing for its window and so long is over: it is not looked at any more. */
const UNHEARD_MS = 60_000;

/**
 * All alerts that live, and what is to be told of them. Pure but for its own memory: time is passed in, and what is to be
 * stored is given out by `changes`, to be stored in one transaction together with how far the log was read.
 */
export function createLife({ channels, publicUrl }: LifeDeps) {
  const changes = createChanges();
  const live = new Map<string, LiveAlert>();
  const fingerprints = new Map<string, string>();
  const open = new Map<string, number>();
  const incidents = createIncidents({ changes, channels, publicUrl, rowOf: (fingerprint) => live.get(fingerprint) });
  const unheard = new Map<string, number>();
  /** Those of which more was counted than is stored. */
  const grown = new Set<string>();
  /** The tenants of those of which something else is measured than was said. */
  const measured = new Set<string>();
  let rules: ReadonlyMap<string, AlertRule> = new Map();
  let silences: ReadonlyMap<string, readonly AlertSilence[]> = new Map();
  let left = 0;

  const keyOf = ({ tenantId, alert }: LiveAlert) => ruleKeyOf(tenantId, alert.rule_id);
  const isOpen = (row: LiveAlert | undefined) => row !== undefined && row.alert.state !== "resolved";

  function put(row: LiveAlert): void {
    const before = live.get(row.fingerprint);
    const more = Number(isOpen(row)) - Number(isOpen(before));
    if (more !== 0) open.set(keyOf(row), (open.get(keyOf(row)) ?? 0) + more);
    if (before !== undefined && before.alert.alert_id !== row.alert.alert_id)
      fingerprints.delete(before.alert.alert_id);
    fingerprints.set(row.alert.alert_id, row.fingerprint);
    // The one that changed last stands last.
    if (more !== 0) live.delete(row.fingerprint);
    live.set(row.fingerprint, row);
  }

  function store(row: LiveAlert): void {
    put(row);
    grown.delete(row.fingerprint);
    changes.alert(row);
  }

  function measure(row: LiveAlert): void {
    const before = live.get(row.fingerprint)?.alert;
    if (row.alert.count !== before?.count) grown.add(row.fingerprint);
    if (row.alert.count !== before?.count || row.alert.value !== before.value) measured.add(row.tenantId);
    put(row);
  }

  function forget(row: LiveAlert): void {
    live.delete(row.fingerprint);
    fingerprints.delete(row.alert.alert_id);
  }

  function take(finding: Finding): void {
    const { tenantId, rule, labels, atMs } = finding;
    const fingerprint = fingerprintOf(tenantId, rule.rule_id, labels);
    unheard.delete(fingerprint);
    const before = live.get(fingerprint) ?? null;
    const isFull = (open.get(ruleKeyOf(tenantId, rule.rule_id)) ?? 0) >= MAX_ALERTS_A_RULE;
    if (isFull && !isOpen(before ?? undefined) && verdictOf(finding) === "holds") left += 1;
    else settle(stepAlert(before, finding), rule, atMs);
  }

  function settle({ row, change }: Step, rule: AlertRule, atMs: number): void {
    if (row === null || change === "same") return;
    if (change === "measured") measure(row);
    else if (change === "fired") store(incidents.join(row, { rule, atMs, hindrance: hindranceOf(row, atMs) }));
    else if (change === "resolved") store(incidents.leave(row, atMs));
    else store(row);
  }

  /** What keeps an alert from being told now. */
  function hindranceOf({ tenantId, alert, memory }: LiveAlert, nowMs: number) {
    const silence = silenceOf(alert, silences.get(tenantId) ?? [], nowMs);
    if (silence !== null) {
      const { silence_id: silenceId, until, reason } = silence;
      return { silenceId, reason: `silenced until ${until}: ${reason}` };
    }
    const minutes = rules.get(ruleKeyOf(tenantId, alert.rule_id))?.cooldown_period ?? 0;
    const untilMs = (memory.toldMs ?? Number.NEGATIVE_INFINITY) + minutes * 60_000;
    return nowMs >= untilMs ? null : { silenceId: null, reason: `told before: quiet until ${iso(untilMs)}` };
  }

  /** Silences begin and end, and cooldowns end. */
  function hinder(row: LiveAlert, nowMs: number): void {
    const { memory, alert } = row;
    const hindrance = hindranceOf(row, nowMs);
    const silence_id = hindrance?.silenceId ?? null;
    const isTellable = memory.tellableSinceMs !== null;
    // Who was told already is told no less for that: a cooldown is for the next time.
    const isHindered = silence_id !== null || (hindrance !== null && !isTellable);
    if (isHindered !== isTellable && silence_id === alert.silence_id) return;
    const tellableSinceMs = isHindered ? null : (memory.tellableSinceMs ?? nowMs);
    const toldMs = isHindered ? incidents.toldMsOf(row) : memory.toldMs;
    store({ ...row, alert: { ...alert, silence_id }, memory: { ...memory, tellableSinceMs, toldMs } });
  }

  function passTime(row: LiveAlert, nowMs: number): void {
    const rule = rules.get(keyOf(row));
    if (isFiring(row)) {
      if (rule === undefined) return;
      const step = stepTime(row, rule, nowMs);
      if (step.change === "same") hinder(row, nowMs);
      else settle(step, rule, nowMs);
    } else if (row.alert.state === "resolved") {
      const rememberMs = Math.max(HOUR_MS, (rule?.cooldown_period ?? 0) * 60_000);
      const isOld = nowMs - Date.parse(row.alert.resolved_at ?? "") > rememberMs;
      if (isOld && !incidents.has(row)) forget(row);
    }
  }

  function forgetOldest(): void {
    let surplus = live.size - [...open.values()].reduce((sum, count) => sum + count, 0) - MAX_REMEMBERED;
    for (const row of live.values()) {
      if (surplus <= 0) return;
      if (isOpen(row) || incidents.has(row)) continue;
      forget(row);
      surplus -= 1;
    }
  }

  function end(row: LiveAlert, nowMs: number): void {
    const step = endAlert(row, nowMs);
    if (step.change === "resolved") store(incidents.leave(step.row as LiveAlert, nowMs));
    else if (step.change === "dropped") store(step.row as LiveAlert);
  }

  /** Somebody has to say that it still holds; else nobody looks at it any more. */
  function doubt(row: LiveAlert, nowMs: number): void {
    const minutes = rules.get(keyOf(row))?.time_window ?? 0;
    if (isOpen(row)) unheard.set(row.fingerprint, nowMs + minutes * 60_000 + UNHEARD_MS);
  }

  return {
    /** Goes on with what was stored; to be called after `setRules`, before all else. */
    restore(rows: readonly AlertRow[], stored: readonly IncidentRow[], nowMs: number): void {
      // Of labels that had several alerts, the last one counts.
      const byTime = rows.map(liveAlertOf).toSorted((a, b) => a.memory.changedMs - b.memory.changedMs);
      for (const row of [...byTime.filter((each) => !isOpen(each)), ...byTime.filter(isOpen)]) put(row);
      incidents.restore(stored, live.values());
      for (const row of live.values()) {
        if (rules.get(keyOf(row))?.enabled === true) doubt(row, nowMs);
        else end(row, nowMs);
      }
    },
    /** From now on these are all rules. Alerts of those that are gone or switched off end. */
    setRules(all: readonly TenantRule[], nowMs: number): void {
      const before = rules;
      rules = new Map(all.map(({ tenantId, rule }) => [ruleKeyOf(tenantId, rule.rule_id), rule]));
      for (const row of live.values()) {
        const rule = rules.get(keyOf(row));
        if (rule === undefined || !rule.enabled) end(row, nowMs);
        else if (definitionOf(rule) !== definitionOf(before.get(keyOf(row)))) doubt(row, nowMs);
      }
      incidents.setRules(rules);
    },
    /** From now on these are all silences of a tenant. */
    setSilences(tenantId: string, all: readonly AlertSilence[]): void {
      silences = new Map([...silences, [tenantId, all]]);
    },
    take(findings: readonly Finding[]): void {
      for (const finding of findings) take(finding);
    },
    /** Takes what is found where all that it leads to is known: nothing but what is counted is new. */
    recount(findings: readonly Finding[]): void {
      for (const finding of findings) {
        const row = live.get(fingerprintOf(finding.tenantId, finding.rule.rule_id, finding.labels));
        if (row !== undefined && isFiring(row) && finding.outcome === "holds") measure(withValues(row, finding));
      }
    },
    /** What time alone brings, and what is due to be told; to be called every second. */
    tick(nowMs: number): void {
      for (const [fingerprint, deadlineMs] of unheard) {
        if (nowMs < deadlineMs) continue;
        unheard.delete(fingerprint);
        const row = live.get(fingerprint);
        if (row !== undefined) end(row, nowMs);
      }
      for (const row of [...live.values()]) passTime(row, nowMs);
      forgetOldest();
      for (const row of incidents.tick(nowMs)) store(row);
    },
    /**
     * Stops the repeats of an alert, and of all that are told of together with it.
     * @returns it as it is now; null when it does not fire
     */
    acknowledge(alertId: string, by: string, note: string | null, nowMs: number): Alert | null {
      const row = live.get(fingerprints.get(alertId) ?? "");
      if (row === undefined || !isFiring(row)) return null;
      if (row.alert.acknowledged_at !== null) return row.alert;
      const acknowledged = { acknowledged_at: iso(nowMs), acknowledged_by: by };
      for (const each of incidents.membersWith(row)) {
        if (isFiring(each) && each.alert.acknowledged_at === null)
          store({ ...each, alert: { ...each.alert, ...acknowledged } });
      }
      incidents.acknowledge(row, note === null ? `by ${by}` : `by ${by}: ${note}`, nowMs);
      return { ...row.alert, ...acknowledged };
    },
    /** The alert as it is now; null when it is not in memory. */
    peek(alertId: string): LiveAlert | null {
      return live.get(fingerprints.get(alertId) ?? "") ?? null;
    },
    /** Has what was counted stored with the next changes. */
    noteCounts(): void {
      for (const fingerprint of grown) {
        const row = live.get(fingerprint);
        if (row !== undefined) changes.alert(row);
      }
      grown.clear();
    },
    /** The tenants of whose alerts something else is measured than at the last call. */
    takeMeasured(): ReadonlySet<string> {
      const tenantIds = new Set(measured);
      measured.clear();
      return tenantIds;
    },
    /** What is to be stored; null when there is nothing. It is to be given back when it was not stored. */
    changes: changes.take,
    giveBack: (taken: Changes) => changes.giveBack(taken),
    /** How many findings had no room; counted anew with each call. */
    takeLeft(): number {
      const count = left;
      left = 0;
      return count;
    },
    countFiring(): number {
      let count = 0;
      for (const row of live.values()) if (isFiring(row)) count += 1;
      return count;
    },
  };
}

export type Life = ReturnType<typeof createLife>;

/** What a rule looks at: with another, its alerts may be of labels that it does not know any more. */
function definitionOf(rule: AlertRule | undefined): string {
  if (rule === undefined) return "";
  const { condition, resolve_condition, time_window, scope, group_by } = rule;
  return JSON.stringify([condition, resolve_condition, time_window, scope, group_by]);
}

const iso = (ms: number) => new Date(ms).toISOString();
