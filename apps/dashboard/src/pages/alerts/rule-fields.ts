import {
  ALERT_DIMENSIONS,
  type AlertDimension,
  type AlertLevel,
  type AlertRule,
  type AlertRuleDraft,
  isJsonObject,
  type NoDataPolicy,
  PlayheadError,
} from "@playhead/core";
import { describeError, sentence } from "../../ui/error-text.ts";

/** A rule as it stands in the form: what is typed, typed as it may be. */
export interface RuleFields {
  readonly name: string;
  readonly description: string;
  readonly level: AlertLevel;
  readonly condition: string;
  readonly resolve_condition: string;
  readonly threshold: string;
  readonly time_window: string;
  readonly min_samples: string;
  readonly no_data: NoDataPolicy;
  readonly for: string;
  readonly keep_firing_for: string;
  readonly cooldown_period: string;
  readonly repeat_every: string;
  /** Null for all. */
  readonly notification_channels: readonly string[] | null;
  readonly group_by: readonly AlertDimension[];
  /** A line each: `stage = merging, upload`. */
  readonly scope: string;
  readonly labels: string;
  readonly runbook_url: string;
  readonly message: string;
  readonly enabled: boolean;
}

/** What a new rule begins with. */
export const NEW_RULE: RuleFields = {
  name: "",
  description: "",
  level: "warning",
  condition: "error_rate > threshold",
  resolve_condition: "",
  threshold: "0.1",
  time_window: "10",
  min_samples: "5",
  no_data: "ok",
  for: "0",
  keep_firing_for: "0",
  cooldown_period: "30",
  repeat_every: "",
  notification_channels: null,
  group_by: [],
  scope: "",
  labels: "",
  runbook_url: "",
  message: "",
  enabled: true,
};

/** A rule as the form shows it. */
export function fieldsOf(rule: AlertRule): RuleFields {
  const { name, description, level, condition, no_data, group_by, message, enabled, notification_channels } = rule;
  return {
    name,
    description,
    level,
    condition,
    resolve_condition: rule.resolve_condition ?? "",
    threshold: rule.threshold === null ? "" : String(rule.threshold),
    time_window: String(rule.time_window),
    min_samples: String(rule.min_samples),
    no_data,
    for: String(rule.for),
    keep_firing_for: String(rule.keep_firing_for),
    cooldown_period: String(rule.cooldown_period),
    repeat_every: rule.repeat_every === null ? "" : String(rule.repeat_every),
    notification_channels: notification_channels.includes("*") ? null : notification_channels,
    group_by,
    scope: linesOf(Object.entries(rule.scope).map(([name, values]) => [name, (values ?? []).join(", ")])),
    labels: linesOf(Object.entries(rule.labels)),
    runbook_url: rule.runbook_url ?? "",
    message,
    enabled,
  };
}

/** What the server gets of a form. What is typed wrong goes as it is: the server tells what is wrong with it. */
export function draftOf(fields: RuleFields): AlertRuleDraft {
  const { name, description, level, condition, no_data, group_by, message, enabled, notification_channels } = fields;
  const labels = Object.fromEntries(pairsOf(fields.labels));
  const scope = pairsOf(fields.scope).map(([key, text]) => [key, text.split(",").map((value) => value.trim())]);
  const draft = {
    name: name.trim(),
    description,
    level,
    condition: condition.trim(),
    no_data,
    group_by,
    enabled,
    notification_channels: notification_channels ?? ["*"],
    labels,
    scope: Object.fromEntries(scope),
    ...(message.trim() !== "" && { message }),
    ...(fields.resolve_condition.trim() !== "" && { resolve_condition: fields.resolve_condition.trim() }),
    ...(fields.runbook_url.trim() !== "" && { runbook_url: fields.runbook_url.trim() }),
    ...(fields.threshold.trim() !== "" && { threshold: numberOf(fields.threshold) }),
    time_window: numberOf(fields.time_window),
    min_samples: numberOf(fields.min_samples),
    for: numberOf(fields.for),
    keep_firing_for: numberOf(fields.keep_firing_for),
    cooldown_period: numberOf(fields.cooldown_period),
    repeat_every: fields.repeat_every.trim() === "" ? null : numberOf(fields.repeat_every),
  };
  return draft as AlertRuleDraft;
}

/** What is wrong with a rule, by the field that it is wrong in; null for what is in none. */
export interface RuleFault {
  readonly field: keyof RuleFields | null;
  readonly text: string;
}

/** The faults that the server found. */
export function faultsOf(error: unknown): readonly RuleFault[] {
  const told = error instanceof PlayheadError ? error.detail.faults : undefined;
  const faults = Array.isArray(told) ? told.filter(isJsonObject) : [];
  if (faults.length === 0) return [{ field: null, text: describeError(error).message }];
  return faults.map(({ path, message }) => {
    const [field = ""] = String(path).split(/[.[]/);
    const text = sentence(String(message));
    return field in NEW_RULE ? { field: field as keyof RuleFields, text } : { field: null, text: `${path}: ${text}` };
  });
}

/** What one may tell alerts apart by, in words. */
export const DIMENSION_WORDS: Readonly<Record<AlertDimension, string>> = {
  job_id: "job",
  kind: "kind of job",
  stage: "stage",
  platform: "platform",
  function_name: "function",
  error_code: "error",
  worker: "worker",
  host: "machine",
  component: "component",
};

/** All of them, in their order. */
export const DIMENSIONS: readonly AlertDimension[] = ALERT_DIMENSIONS;

function numberOf(text: string): number | string {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || Number.isNaN(value) ? text.trim() : value;
}

const linesOf = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => `${name} = ${value}`).join("\n");

function pairsOf(text: string): readonly (readonly [string, string])[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const at = line.indexOf("=");
    return at === -1 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
}
