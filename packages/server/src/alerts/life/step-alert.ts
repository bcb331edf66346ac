import type { Alert, AlertRule, NoDataPolicy } from "@playhead/core";
import type { Finding } from "../finding.ts";
import { renderMessage } from "../rules/message.ts";
import { fingerprintOf, shortHash } from "./fingerprint.ts";
import { type AlertMemory, HOUR_MS, isUnstable, type LiveAlert, MAX_FIRINGS_AN_HOUR } from "./live-alert.ts";

/**
 * The life of an alert:
 *
 *            holds, no `for`
 *   none ─────────────────────────► firing ──── over for `keep_firing_for` ────► resolved
 *     └ holds ─► pending ─ `for` ────►┘ ▲                                           │
 *                   │                   └──────── holds, and it flaps ◄─────────────┤
 *                   └ not any more ─► resolved, and never fired      holds ─► another alert
 */
export type Phase = "none" | "pending" | "firing" | "resolved";

/** What a finding says, with what the rule makes of missing data. */
export type Verdict = "holds" | "between" | "over" | "unknown";

/** What happened to an alert. `measured`: nothing but its values. */
export type Change = "same" | "measured" | "pending" | "fired" | "dropped" | "easing" | "resolved";

export interface Step {
  readonly row: LiveAlert | null;
  readonly change: Change;
}

type Move = (row: LiveAlert | null, finding: Finding) => Step;

const stay: Move = (row) => ({ row, change: "same" });

const MOVES: Readonly<Record<Phase, Readonly<Record<Verdict, Move>>>> = {
  none: { holds: begin, between: stay, over: stay, unknown: stay },
  pending: { holds: wait, between: drop, over: drop, unknown: stay },
  firing: { holds: last, between: last, over: ease, unknown: stay },
  resolved: { holds: begin, between: stay, over: stay, unknown: stay },
};

const NO_DATA: Readonly<Record<NoDataPolicy, Verdict>> = { ok: "over", keep: "unknown", alert: "holds" };

/** What a finding means under its rule. */
export function verdictOf({ outcome, rule }: Pick<Finding, "outcome" | "rule">): Verdict {
  return outcome === "no_data" ? NO_DATA[rule.no_data] : outcome;
}

/** Takes a finding about an alert, or about labels that have none. Without a change, the row is the same object. */
export function stepAlert(row: LiveAlert | null, finding: Finding): Step {
  return MOVES[row?.alert.state ?? "none"][verdictOf(finding)](row, finding);
}

/** What time alone does: an alert that has been over for long enough is resolved. */
export function stepTime(row: LiveAlert, rule: Pick<AlertRule, "keep_firing_for">, nowMs: number): Step {
  const { overSinceMs } = row.memory;
  if (row.alert.state !== "firing" || overSinceMs === null) return { row, change: "same" };
  return nowMs - overSinceMs < rule.keep_firing_for * 1_000 ? { row, change: "same" } : resolve(row, nowMs);
}

/** Ends an alert, whatever its condition. */
export function endAlert(row: LiveAlert, nowMs: number): Step {
  if (row.alert.state === "resolved") return { row, change: "same" };
  return row.alert.state === "firing" ? resolve(row, nowMs) : dropped(row, nowMs);
}

function begin(row: LiveAlert | null, finding: Finding): Step {
  // One that flaps is still the same, however often it was over.
  const known = row !== null && isUnstable(row, finding.atMs) ? row : newAlert(row, finding);
  const alert = measured({ ...known.alert, state: "pending", resolved_at: null }, finding);
  const pending = { ...known, alert, memory: { ...known.memory, heldSinceMs: finding.atMs } };
  return finding.rule.for > 0 ? { row: pending, change: "pending" } : fire(pending, finding);
}

function wait(row: LiveAlert | null, finding: Finding): Step {
  const known = row as LiveAlert;
  const isDue = finding.atMs - known.memory.heldSinceMs >= finding.rule.for * 1_000;
  return isDue ? fire(known, finding) : { row: withValues(known, finding), change: "measured" };
}

function fire(row: LiveAlert, finding: Finding): Step {
  const { atMs } = finding;
  const before = row.memory.isFlapping && !isUnstable(row, atMs) ? [] : row.memory.firedMs;
  const firedMs = [...before.filter((ms) => atMs - ms < HOUR_MS), atMs].slice(-MAX_FIRINGS_AN_HOUR - 1);
  const isFlapping = firedMs.length > MAX_FIRINGS_AN_HOUR || isUnstable(row, atMs);
  const alert = measured(
    { ...row.alert, state: "firing", fired_at: row.alert.fired_at ?? iso(atMs), flaps: firedMs.length - 1 },
    finding,
  );
  const memory: AlertMemory = { ...row.memory, overSinceMs: null, firedMs, isFlapping, changedMs: atMs };
  return { row: { ...row, alert, memory }, change: "fired" };
}

function drop(row: LiveAlert | null, { atMs }: Finding): Step {
  return dropped(row as LiveAlert, atMs);
}

function dropped(row: LiveAlert, atMs: number): Step {
  return { row: { ...row, alert: { ...row.alert, state: "resolved", resolved_at: iso(atMs) } }, change: "dropped" };
}

function last(row: LiveAlert | null, finding: Finding): Step {
  const known = withValues(row as LiveAlert, finding);
  if (known.memory.overSinceMs === null) return { row: known, change: "measured" };
  return { row: { ...known, memory: { ...known.memory, overSinceMs: null } }, change: "easing" };
}

function ease(row: LiveAlert | null, finding: Finding): Step {
  const known = withValues(row as LiveAlert, finding);
  const isNew = known.memory.overSinceMs === null;
  const easing = isNew ? { ...known, memory: { ...known.memory, overSinceMs: finding.atMs } } : known;
  const step = stepTime(easing, finding.rule, finding.atMs);
  return step.change === "resolved" ? step : { row: easing, change: isNew ? "easing" : "measured" };
}

function resolve(row: LiveAlert, atMs: number): Step {
  const alert: Alert = { ...row.alert, state: "resolved", resolved_at: iso(atMs) };
  return { row: { ...row, alert, memory: { ...row.memory, overSinceMs: null, changedMs: atMs } }, change: "resolved" };
}

/** Goes on with what is remembered of the labels: how often they fired, and when they were told of. */
function newAlert(before: LiveAlert | null, finding: Finding): LiveAlert {
  const { tenantId, rule, labels, atMs } = finding;
  const fingerprint = before?.fingerprint ?? fingerprintOf(tenantId, rule.rule_id, labels);
  // What never fired was nobody's: the next time takes its place.
  const ownId = before !== null && before.alert.fired_at === null ? before.alert.alert_id : null;
  const alert: Alert = {
    alert_id: ownId ?? `alert_${shortHash(fingerprint, atMs)}`,
    rule_id: rule.rule_id,
    rule_name: rule.name,
    level: rule.level,
    state: "pending",
    labels: { ...rule.labels, ...labels },
    value: null,
    threshold: rule.threshold,
    measurements: {},
    message: "",
    runbook_url: rule.runbook_url,
    count: 0,
    causes: [],
    job_id: null,
    pending_at: iso(atMs),
    fired_at: null,
    resolved_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    silence_id: null,
    flaps: 0,
  };
  const { firedMs = [], isFlapping = false, changedMs = atMs, toldMs = null } = before?.memory ?? {};
  const history = { firedMs, isFlapping, changedMs, toldMs };
  const memory = { ...history, heldSinceMs: atMs, overSinceMs: null, groupKey: null, tellableSinceMs: null };
  return { tenantId, fingerprint, alert, memory };
}

/** An alert with what was measured of it. */
export function withValues(row: LiveAlert, finding: Finding): LiveAlert {
  return { ...row, alert: measured(row.alert, finding) };
}

/** What was measured; of failures the most that there were at a time, since a window lets go of them. */
function measured(alert: Alert, finding: Finding): Alert {
  const { rule, outcome, value, measurements, labels } = finding;
  if (outcome === "no_data") return alert;
  const isMost = finding.count >= alert.count;
  const { count, causes } = isMost ? finding : alert;
  const { name, level, threshold } = rule;
  const message = renderMessage(rule.message, {
    ...rule.labels,
    ...labels,
    ...measurements,
    ...{ value, threshold, rule: name, level, count },
  });
  return {
    ...alert,
    level,
    threshold,
    value,
    measurements,
    message,
    count,
    causes,
    job_id: alert.job_id ?? finding.jobId,
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
