/** What makes a rule: each field with its limits and its default; all faults are told at once, each by its path. */
import {
  ALERT_DIMENSIONS,
  ALERT_LEVELS,
  type AlertDimension,
  type AlertRule,
  type AlertRuleDraft,
  NO_DATA_POLICIES,
  PlayheadError,
} from "@playhead/core";
import * as z from "zod";
import { type Condition, namesThreshold, readCondition } from "./compile-condition.ts";
import { messageFault } from "./message.ts";
import { ConditionFault, MAX_CONDITION_LENGTH } from "./parse-condition.ts";

/** A draft with all that was left out filled in. */
export type CheckedRule = Omit<AlertRule, "rule_id" | "built_in" | "created_at" | "updated_at">;

/** The longest window: a day. */
const MAX_WINDOW_MINUTES = 1_440;
const MAX_DELAY_SEC = 86_400;
const MAX_COOLDOWN_MINUTES = 10_080;
const MAX_VALUES = 100;
const MAX_LABELS = 20;

const DEFAULT_MESSAGE = "{{rule}}: {{value}}";

const text = (max: number) => z.string().min(1).max(max);
const condition = text(MAX_CONDITION_LENGTH);
const seconds = z.int().min(0).max(MAX_DELAY_SEC).default(0);
const values = z.array(text(200)).min(1).max(MAX_VALUES);
const scopeShape = Object.fromEntries(ALERT_DIMENSIONS.map((dimension) => [dimension, values.optional()])) as Record<
  AlertDimension,
  z.ZodOptional<typeof values>
>;
const url = z.url({ protocol: /^https?$/, error: "expected an address that begins with http:// or https://" });

/** The shape of a draft; what its condition says is checked by {@link checkRule}. */
export const ruleDraftSchema = z.strictObject({
  name: text(100),
  description: z.string().max(1_000).default(""),
  condition,
  resolve_condition: condition.nullable().default(null),
  threshold: z.number().nullable().default(null),
  time_window: z.number().min(1).max(MAX_WINDOW_MINUTES),
  min_samples: z.int().min(1).max(1_000_000).default(1),
  no_data: z.enum(NO_DATA_POLICIES).default("ok"),
  for: seconds,
  keep_firing_for: seconds,
  cooldown_period: z.number().min(0).max(MAX_COOLDOWN_MINUTES).default(0),
  repeat_every: z.number().min(1).max(MAX_COOLDOWN_MINUTES).nullable().default(null),
  level: z.enum(ALERT_LEVELS),
  notification_channels: z.array(text(100)).max(MAX_VALUES).default(["*"]),
  enabled: z.boolean().default(true),
  scope: z.strictObject(scopeShape).default({}),
  group_by: z.array(z.enum(ALERT_DIMENSIONS)).max(ALERT_DIMENSIONS.length).default([]),
  labels: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "expected a name such as team_name"), text(200))
    .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `expected at most ${MAX_LABELS} labels`)
    .default({}),
  runbook_url: url.max(2_000).nullable().default(null),
  message: text(2_000).default(DEFAULT_MESSAGE),
});

/** What is wrong, and where: `notification_channels[1]`. */
export interface RuleFault {
  readonly path: string;
  readonly message: string;
}

/**
 * A draft from outside, filled in.
 * @param channels names of the channels that there are; without them names are not checked
 * @throws PlayheadError `validation_error` that names every fault in `detail.faults`
 */
export function checkRule(draft: unknown, channels?: readonly string[]): CheckedRule {
  const parsed = ruleDraftSchema.safeParse(draft);
  if (!parsed.success) throw refusal(parsed.error.issues.flatMap((issue) => faultsOf(issue, draft)));
  const rule = parsed.data as CheckedRule;
  const faults = [...conditionFaults(rule), ...listFaults(rule, channels)];
  if (faults.length > 0) throw refusal(faults);
  return rule;
}

/** A rule out of a draft that was found good. */
export function createRule(
  draft: CheckedRule,
  { ruleId, nowIso, builtIn = false, createdAt = nowIso }: RuleIdentity,
): AlertRule {
  return { ...draft, rule_id: ruleId, built_in: builtIn, created_at: createdAt, updated_at: nowIso };
}

export interface RuleIdentity {
  readonly ruleId: string;
  readonly nowIso: string;
  /** @defaultValue false */
  readonly builtIn?: boolean;
  /** @defaultValue `nowIso` */
  readonly createdAt?: string;
}

/** The draft of a rule, as one would write it. */
export function draftOf(rule: AlertRule): AlertRuleDraft {
  const { rule_id: _id, built_in: _builtIn, created_at: _created, updated_at: _updated, ...draft } = rule;
  const { resolve_condition, runbook_url, threshold, ...rest } = draft;
  return {
    ...rest,
    ...(resolve_condition !== null && { resolve_condition }),
    ...(runbook_url !== null && { runbook_url }),
    ...(threshold !== null && { threshold }),
  };
}

function conditionFaults(rule: CheckedRule): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  const conditions = (["condition", "resolve_condition"] as const).flatMap((path) => {
    const source = rule[path];
    if (source === null) return [];
    try {
      const read = readCondition(source);
      faults.push(...meaningFaults(path, read, rule));
      return [read];
    } catch (error) {
      if (!(error instanceof ConditionFault)) throw error;
      faults.push({ path, message: error.message });
      return [];
    }
  });
  const names = conditions.flatMap(({ measurements }) => measurements.map(({ name }) => name));
  const fault = messageFault(rule.message, [...names, ...rule.group_by, ...Object.keys(rule.labels)]);
  // While a condition cannot be read, it is unknown what the message may name.
  if (fault !== null && faults.length === 0) faults.push({ path: "message", message: fault });
  return faults;
}

function meaningFaults(path: string, condition: Condition, rule: CheckedRule): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  if (condition.measurements.length === 0) {
    faults.push({ path, message: "expected a measurement in it: as it is, it never changes" });
  }
  if (rule.threshold === null && namesThreshold(condition)) {
    faults.push({ path: "threshold", message: `expected a number, since ${path} names it, got nothing` });
  }
  for (const { name, measurement } of condition.measurements) {
    const { per } = measurement;
    if (per === undefined || rule.group_by.includes(per) || rule.scope[per]?.length === 1) continue;
    faults.push({
      path: "group_by",
      message: `expected ${per} in it, since ${name} says something of one ${per} only`,
    });
  }
  return faults;
}

function listFaults(rule: CheckedRule, channels: readonly string[] | undefined): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  for (const [index, dimension] of rule.group_by.entries()) {
    if (rule.group_by.indexOf(dimension) < index) {
      faults.push({ path: `group_by[${index}]`, message: `${dimension} is there already` });
    }
  }
  for (const [index, name] of rule.notification_channels.entries()) {
    if (channels === undefined || name === "*" || channels.includes(name)) continue;
    const there = channels.length === 0 ? "there are none yet" : `there are ${channels.join(", ")}, and * for all`;
    faults.push({ path: `notification_channels[${index}]`, message: `there is no channel "${name}"; ${there}` });
  }
  return faults;
}

function faultsOf(issue: z.core.$ZodIssue, draft: unknown): readonly RuleFault[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 ? Object.keys(ruleDraftSchema.shape) : ALERT_DIMENSIONS;
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, shortly(key)]),
      message: `there is no such field; there are ${known.join(", ")}`,
    }));
  }
  const got = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], draft);
  return [{ path, message: `${issue.message}, got ${shown(got)}` }];
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text === "" ? "rule" : text.replace(/^\./, "");
}

/** Shortly, and without reading all of what may be huge. */
function shown(got: unknown): string {
  if (typeof got === "string") return shortly(JSON.stringify(got.slice(0, 200)));
  if (got === undefined) return "nothing";
  if (typeof got !== "object" || got === null) return String(got);
  return Array.isArray(got) ? `a list of ${got.length}` : "an object";
}

function shortly(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function refusal(faults: readonly RuleFault[]): PlayheadError {
  const [first] = faults;
  const told = faults.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new PlayheadError("validation_error", `the rule is wrong: ${told}`, {
    hint: "docs/alerts.md lists what a rule may be made of",
    detail: { path: first?.path, faults },
  });
}
